# SPDX-License-Identifier: Apache-2.0
"""Counts that climb, and what of them must stay hidden so that nobody can be picked out.

A count behind which stand fewer than five distinct persons is hidden. Hiding it alone is not enough: a community's
categories add up to its total, its states too, and communities add up to streets and to the district. So for each
hidden count this module keeps a *witness*: a small change of the underlying needs (one need moved, filed elsewhere or
gone) that alters the hidden count and is visible nowhere. Where no witness fits into what is hidden already, the
cheapest one is made to fit by hiding what it touches. As every count so hidden is altered by the same witness, one
pass is enough, and what is published fits at least two different sets of needs for every hidden count.

Zero tells about nobody: a count of zero is never published as such, and may be concluded. Persons are counted by
community; whoever moved between two communities counts in both. Successive publications are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

THRESHOLD = 5
TOTAL, CATEGORY, STATE = "total", "category", "state"
TIERS = (6, 9, 12)

Cell = tuple[str, str, str]  # division, dimension, code; the code of a total is empty
Change = Mapping[Cell, int]


@dataclass(frozen=True)
class Tally:
    """How many needs, raised by how many distinct persons."""

    needs: int
    persons: int


def roll_up(communities: Mapping[Cell, Tally]) -> dict[Cell, Tally]:
    """Add the tallies of streets and of the district to those of their communities."""
    needs: Counter[Cell] = Counter()
    persons: Counter[Cell] = Counter()
    for (division, dimension, code), tally in communities.items():
        for tier in TIERS:
            cell = (division[:tier], dimension, code)
            needs[cell] += tally.needs
            persons[cell] += tally.persons
    return {cell: Tally(count, persons[cell]) for cell, count in needs.items()}


def publishable(communities: Mapping[Cell, Tally], threshold: int = THRESHOLD) -> dict[Cell, int]:
    """Return the counts of needs of one district that anyone may read; whatever is missing is hidden."""
    tallies = {cell: tally for cell, tally in roll_up(communities).items() if tally.needs}
    needs = {cell: tally.needs for cell, tally in tallies.items()}
    hidden = {cell for cell, tally in tallies.items() if tally.persons < threshold}
    search = _Search(needs, hidden)
    protected: set[Cell] = set()
    for cell in sorted(hidden, key=lambda one: (len(one[0]), one)):
        if cell not in protected:
            witness = search.witness(cell)
            hidden.update(witness)
            protected.update(witness)
    return {cell: count for cell, count in needs.items() if cell not in hidden}


class _Search:
    """Looks for witnesses. ``hidden`` is the caller's own set and grows while the search goes on."""

    def __init__(self, needs: Mapping[Cell, int], hidden: set[Cell]) -> None:
        self._needs = needs
        self._hidden = hidden
        self._communities = sorted({one for one, _, _ in needs if len(one) == TIERS[-1]})
        self._codes: dict[str, list[str]] = {}
        self._of: dict[tuple[str, str], list[str]] = {}
        for division, dimension, code in sorted(needs):
            self._of.setdefault((division, dimension), []).append(code)
        for dimension in (CATEGORY, STATE):
            self._codes[dimension] = sorted({code for _, kind, code in needs if kind == dimension})

    def witness(self, cell: Cell) -> Change:
        """Return the change of ``cell`` that costs least: the fewest published needs must be hidden with it."""
        for change in self._changes(cell, free=True):
            if cell in change and not self._cost(change):
                return change
        fitting = (change for change in self._changes(cell, free=False) if cell in change)
        return min(fitting, key=self._cost)

    def _cost(self, change: Change) -> int:
        return sum(self._needs.get(cell, 0) for cell in change if cell not in self._hidden)

    def _is_told(self, *cell: str) -> bool:
        return cell in self._needs and cell not in self._hidden

    def _changes(self, cell: Cell, free: bool) -> Iterator[Change]:
        """Yield changes that may alter ``cell``; ``free`` leaves out what certainly costs something."""
        division, dimension, code = cell
        for here in self._communities:
            if not here.startswith(division) or (here, dimension, code) not in self._needs:
                continue
            categories, states = self._of[here, CATEGORY], self._of[here, STATE]
            if dimension != TOTAL:
                yield from self._filed_elsewhere(here, dimension, code, free)
            category = code if dimension == CATEGORY else categories[0]
            state = code if dimension == STATE else states[0]
            if not (free and self._is_told(here, TOTAL, "")):
                yield from self._moved_or_gone(here, category, state)

    def _filed_elsewhere(self, here: str, dimension: str, code: str, free: bool) -> Iterator[Change]:
        """File one need under another code here, alone or with the opposite happening in another community."""
        for other in self._codes[dimension]:
            if other == code or (free and self._is_told(here, dimension, other)):
                continue
            steps = ((here, dimension, code, -1), (here, dimension, other, 1))
            yield _sum(*steps)
            for there in self._nearest(here):
                costs = self._is_told(there, dimension, other) or self._is_told(there, dimension, code)
                if (there, dimension, other) in self._needs and not (free and costs):
                    yield _sum(*steps, (there, dimension, other, -1), (there, dimension, code, 1))

    def _moved_or_gone(self, here: str, category: str, state: str) -> Iterator[Change]:
        """Let one need belong to another community, or not exist at all."""
        steps = [(here, CATEGORY, category, -1), (here, STATE, state, -1), (here, TOTAL, "", -1)]
        for there in self._nearest(here):
            yield _sum(*steps, (there, CATEGORY, category, 1), (there, STATE, state, 1), (there, TOTAL, "", 1))
        yield _sum(*steps)

    def _nearest(self, here: str) -> list[str]:
        """The other communities, those of the same street first."""
        others = (one for one in self._communities if one != here)
        return sorted(others, key=lambda one: (one[:9] != here[:9], one))


def _sum(*steps: tuple[str, str, str, int]) -> dict[Cell, int]:
    """Add the steps up through street and district; what cancels out is not touched."""
    change: Counter[Cell] = Counter()
    for community, dimension, code, by in steps:
        for tier in TIERS:
            change[community[:tier], dimension, code] += by
    return {cell: by for cell, by in change.items() if by}
