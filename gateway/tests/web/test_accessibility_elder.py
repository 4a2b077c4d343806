# SPDX-License-Identifier: Apache-2.0
"""Every page and some refusals in large type on a phone: no accessibility violation, targets of 60 pixels."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEW = "elder"


def test_a_page_in_large_type_has_no_accessibility_violation_and_fits_a_phone(window, page):
    assert window.wrong_on(*page) == {}


@pytest.mark.parametrize("path, office", [("/nothing", ""), ("/desk", None), ("/board/510104030999", "")])
def test_a_refusal_has_no_accessibility_violation_and_fits_a_phone(window, path, office):
    assert window.wrong_on(path, office) == {}
