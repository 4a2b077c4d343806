# SPDX-License-Identifier: Apache-2.0
"""Every page in English, whose words are longer: no accessibility violation, nothing to scroll sideways.

In large type on a phone, where the words are longest for the room there is, only the layout is looked at.
"""

from __future__ import annotations

import pytest

from .conftest import PAGES
from .views import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEW = "english"


@pytest.fixture(scope="module")
def large(chromium, address):
    """The window for pages in English in large type."""
    shown = Window(chromium, address, "english in large type")
    yield shown
    shown.context.close()


def test_a_page_in_english_has_no_accessibility_violation_and_fits_a_wide_screen(window, page):
    assert window.wrong_on(*page) == {}


def test_no_public_or_resident_page_in_english_and_large_type_runs_over_a_phone(large):
    asked = {path: large.laid_out_badly_on(path, office) for path, office in PAGES if not office}

    assert {path: wrong for path, wrong in asked.items() if wrong} == {}
