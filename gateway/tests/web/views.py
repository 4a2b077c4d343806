# SPDX-License-Identifier: Apache-2.0
"""A page in a real browser, in every view, and what is wrong with what is seen."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import headers_for

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
WIDE, PHONE = 1200, 390
# Each view with the cookies that choose it and the widths at which it is looked at; the widest is loaded first.
VIEWS = {
    "plain": ({}, (WIDE, PHONE)),
    "elder": ({"linli-view": "elder"}, (PHONE,)),
    "english": ({"linli-language": "en"}, (WIDE,)),
    "english in large type": ({"linli-language": "en", "linli-view": "elder"}, (PHONE,)),
}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # every rule is applied; what passed is not described
}
VIOLATIONS = """(rules) => axe.run(rules).then(found => found.violations
  .map(one => [one.id, ...one.nodes.slice(0, 3).map(node => node.html)]))"""
RESIZED = """(width) => new Promise(done => {
  const look = () => innerWidth === width ? done() : setTimeout(look, 2);
  look();
})"""
# Links inside a sentence are as high as their line (WCAG 2.2, 2.5.8 exempts them).
# What is said for a phone is not said again beside the table of a wide screen, nor the table on a phone.
LAYOUT = """([least, elsewhere]) => {
  const all = (name) => [...document.querySelectorAll(name)].filter(one => one.offsetParent);
  const inside = 'p, dd, td, th, h2, .skip, .hide, label';
  const root = document.documentElement;
  return {
    'pixels to scroll sideways': Math.max(0, root.scrollWidth - root.clientWidth),
    'too small': all('a, button, summary, input:not([type=hidden]), select, textarea')
      .filter(one => !one.closest(inside)).map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
      .filter(([html, box]) => box.width > 1 && (box.height < least - 0.6 || box.width < 24)).map(([html]) => html),
    'over one another': all('.bar .brand b').filter(one => all('.bar .acts > *')
      .some(act => act.getBoundingClientRect().left < one.getBoundingClientRect().right
        && act.getBoundingClientRect().top < one.getBoundingClientRect().bottom)).map(one => one.outerHTML),
    'for another width': all(elsewhere).map(one => one.outerHTML.slice(0, 90)),
  };
}"""


class Window:
    """One tab for all pages of a view: opening another costs more than a page does."""

    def __init__(self, browser: Any, address: str, view: str) -> None:
        cookies, self.widths = VIEWS[view]
        self.address, self.least = address, 60 if "linli-view" in cookies else 44
        self.context = browser.new_context(viewport={"width": self.widths[0], "height": 900})
        self.context.add_cookies([{"name": one, "value": cookies[one], "url": address} for one in cookies])
        self.tab = self.context.new_page()

    def wrong_on(self, path: str, office: str | None) -> dict[str, list]:
        """Load a page for an office (see PAGES); return what is wrong with it by kind and width, nothing if nothing."""
        self.tab.set_extra_http_headers(headers_for(office))
        self._be_wide(self.widths[0])
        self.tab.goto(self.address + path)
        self.tab.evaluate(axe.Axe().axe_script)
        found: dict[str, list] = {}
        for width in self.widths:
            self._be_wide(width)
            found[f"violations at {width}"] = self.tab.evaluate(VIOLATIONS, RULES)
            found |= self._laid_out(width)
        return {kind: what for kind, what in found.items() if what}

    def laid_out_badly_on(self, path: str, office: str | None) -> dict[str, list]:
        """Load a page and return what is wrong with its layout alone: quick enough for one view more."""
        self.tab.set_extra_http_headers(headers_for(office))
        self.tab.goto(self.address + path)
        return {kind: what for kind, what in self._laid_out(self.widths[0]).items() if what}

    def _laid_out(self, width: int) -> dict[str, list]:
        layout = self.tab.evaluate(LAYOUT, [self.least, ".phone" if width == WIDE else ".desktop"])
        return {f"{kind} at {width}": what for kind, what in layout.items()}

    def _be_wide(self, width: int) -> None:
        if self.tab.viewport_size["width"] != width:
            self.tab.set_viewport_size({"width": width, "height": 900})
            self.tab.evaluate(RESIZED, width)
