# SPDX-License-Identifier: Apache-2.0
"""Every page in English, whose words are longer: no accessibility violation, nothing to scroll sideways."""

from __future__ import annotations

import pytest

from .views import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def window(chromium, address):
    """The window for all pages in English."""
    shown = Window(chromium, address, "english")
    yield shown
    shown.context.close()


def test_a_page_in_english_has_no_accessibility_violation_and_fits_a_wide_screen(window, page):
    assert window.wrong_on(*page) == {}
