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
from collections.abc import Iterable, Iterator, Mapping
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
    tallies = roll_up(communities)
    needs = {cell: tally.needs for cell, tally in tallies.items() if tally.needs}
    hidden = {cell for cell, tally in tallies.items() if cell in needs and tally.persons < threshold}
    protected: set[Cell] = set()
    for cell in sorted(hidden, key=lambda one: (len(one[0]), one)):
        if cell not in protected:
            witness = _cheapest(cell, needs, hidden)
            hidden.update(witness)
            protected.update(witness)
    return {cell: count for cell, count in needs.items() if cell not in hidden}


def _cheapest(cell: Cell, needs: Mapping[Cell, int], hidden: set[Cell]) -> Change:
    """Return the change that costs least: the fewest published needs must be hidden with it."""
    best: Change = {}
    lowest: int | None = None
    for change in _changes(cell, needs):
        if not change.get(cell):
            continue
        cost = sum(needs.get(one, 0) for one in change if one not in hidden)
        if lowest is None or cost < lowest:
            best, lowest = change, cost
        if lowest == 0:
            break
    return best


def _changes(cell: Cell, needs: Mapping[Cell, int]) -> Iterator[Change]:
    """Yield changes of needs that alter ``cell``; taking a need away happens only where there is one."""
    division, dimension, code = cell
    communities = sorted({one for one, _, _ in needs if len(one) == TIERS[-1]})
    # Nearby communities first: most changes then stay inside a street.
    for here in (one for one in communities if one.startswith(division)):
        if dimension == TOTAL:
            yield from _moves_and_removals(here, _first(here, CATEGORY, needs), _first(here, STATE, needs), communities)
        elif (here, dimension, code) in needs:
            yield from _filed_elsewhere(here, dimension, code, needs, communities)
            other = STATE if dimension == CATEGORY else CATEGORY
            pair = {dimension: code, other: _first(here, other, needs)}
            yield from _moves_and_removals(here, pair[CATEGORY], pair[STATE], communities)


def _filed_elsewhere(
    here: str, dimension: str, code: str, needs: Mapping[Cell, int], communities: Iterable[str]
) -> Iterator[Change]:
    """File one need under another code here, alone or with the opposite happening in another community."""
    for other in sorted({one for _, kind, one in needs if kind == dimension and one != code}):
        alone = _sum((here, dimension, code, -1), (here, dimension, other, 1))
        yield alone
        for there in _nearest(here, communities):
            if (there, dimension, other) in needs:
                yield _sum(
                    (here, dimension, code, -1),
                    (here, dimension, other, 1),
                    (there, dimension, other, -1),
                    (there, dimension, code, 1),
                )


def _moves_and_removals(here: str, category: str, state: str, communities: Iterable[str]) -> Iterator[Change]:
    """Let one need belong to another community, or not exist at all."""
    one_less = [(here, CATEGORY, category, -1), (here, STATE, state, -1), (here, TOTAL, "", -1)]
    for there in _nearest(here, communities):
        yield _sum(*one_less, (there, CATEGORY, category, 1), (there, STATE, state, 1), (there, TOTAL, "", 1))
    yield _sum(*one_less)


def _nearest(here: str, communities: Iterable[str]) -> list[str]:
    return sorted((one for one in communities if one != here), key=lambda one: (one[:9] != here[:9], one))


def _first(community: str, dimension: str, needs: Mapping[Cell, int]) -> str:
    return min(code for division, kind, code in needs if division == community and kind == dimension)


def _sum(*steps: tuple[str, str, str, int]) -> dict[Cell, int]:
    """Add the steps up through street and district; what cancels out is not touched."""
    change: Counter[Cell] = Counter()
    for community, dimension, code, by in steps:
        for tier in TIERS:
            change[community[:tier], dimension, code] += by
    return {cell: by for cell, by in change.items() if by}
