# SPDX-License-Identifier: Apache-2.0
"""Every page in a real browser: no accessibility violation, nothing to scroll sideways, targets large enough."""

from __future__ import annotations

import pytest

from .views import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def window(chromium, address):
    """The window for all pages as most people see them."""
    shown = Window(chromium, address, "plain")
    yield shown
    shown.context.close()


def test_a_page_has_no_accessibility_violation_and_fits_a_wide_screen_and_a_phone(window, page):
    assert window.wrong_on(*page) == {}
