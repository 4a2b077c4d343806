# SPDX-License-Identifier: Apache-2.0
"""Every page in a real browser: no accessibility violation, nothing to scroll sideways, targets large enough."""

from __future__ import annotations

import pytest

from .conftest import headers_for

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MODES = {
    "wide": (1200, {}),
    "phone": (390, {}),
    "elder": (390, {"linli-view": "elder"}),
    "english": (1200, {"linli-language": "en"}),
}
# Links inside a sentence are as high as their line (WCAG 2.2, 2.5.8 exempts them).
SMALL = """(least) => [...document.querySelectorAll('a, button, summary, input:not([type=hidden]), select, textarea')]
  .filter(one => one.offsetParent && !one.closest('p, dd, td, th, h2, .skip, .hide, label') && !one.matches('.skip'))
  .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([html, box]) => box.width > 1 && (box.height < least - 0.6 || box.width < 24)).map(([html]) => html)"""

# What is said for a phone is not said again beside the table of a wide screen, nor the table on a phone.
SHOWN = """(name) => [...document.querySelectorAll(name)].filter(one => one.offsetParent)
  .map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def tabs(chromium, address):
    """Return a function from mode and office to a tab; tabs are kept, opening one costs more than a page."""
    kept = {}

    def tab(mode: str, office: str | None):
        if (mode, office) not in kept:
            width, cookies = MODES[mode]
            size = {"width": width, "height": 900}
            context = chromium.new_context(viewport=size, extra_http_headers=headers_for(office))
            context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
            kept[mode, office] = context.new_page()
        return kept[mode, office]

    yield tab
    for one in kept.values():
        one.context.close()


@pytest.mark.parametrize("mode", ["wide", "elder", "english"])
def test_a_page_has_no_accessibility_violation(tabs, address, page, mode):
    tab = tabs(mode, page[1])
    tab.goto(address + page[0])

    assert violations(tab) == []


@pytest.mark.parametrize("mode", MODES)
def test_a_page_does_not_scroll_sideways_and_its_targets_are_large(tabs, address, page, mode):
    tab = tabs(mode, page[1])
    tab.goto(address + page[0])

    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert tab.evaluate(SMALL, 60 if mode == "elder" else 44) == []
    assert tab.evaluate(SHOWN, ".phone" if MODES[mode][0] > 719 else ".desktop") == []


@pytest.mark.parametrize("path, office", [("/nothing", ""), ("/desk", None), ("/board/510104030999", "")])
def test_a_refusal_has_no_accessibility_violation(tabs, address, path, office):
    tab = tabs("elder", office)
    tab.goto(address + path)

    assert violations(tab) == []


def violations(tab) -> list:
    """Return what axe finds, by rule, with up to three of the elements."""
    found = axe.Axe().run(tab, options=RULES).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
