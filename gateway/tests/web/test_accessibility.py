# SPDX-License-Identifier: Apache-2.0
"""Every page in a real browser: no accessibility violation, nothing to scroll sideways, targets large enough."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEW = "plain"


def test_a_page_has_no_accessibility_violation_and_fits_a_wide_screen_and_a_phone(window, page):
    assert window.wrong_on(*page) == {}
