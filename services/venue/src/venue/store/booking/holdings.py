# SPDX-License-Identifier: Apache-2.0
"""Taking atoms instead of others: who moves has the new ones before it gives the old ones up.

Who gave up first would wait for somebody's room with its own half given up, and they for its own: two that swap would
wait for ever. Only what stands in its own way has to go first, atom by atom in the one order of all writers, and of
those who do so one at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.store.booking.freeing import Freed, give_back
from venue.store.booking.occupancies import Taking, take_free
from venue.store.tables import occupancies

# Two neighbours who both move into each other's half hour would else each wait for what the other gave up.
_ONE_AT_A_TIME = """
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(%(division)s || atom_id, 1) AS key FROM unnest(%(atom_ids)s::text[]) AS atom_id
        ORDER BY key
    ) AS keys"""


@dataclass(frozen=True)
class Holding:
    """One atom held for some time, by its row's id."""

    holding_id: UUID
    atom_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Instead:
    """What could not be taken, what was given up for the rest, and the rows that are held until it is clear."""

    missed: list[Taking]
    given_up: list[Freed]
    still_held: list[UUID]


def of(work: UnitOfWork, booking_ids: Collection[UUID]) -> list[Holding]:
    """Everything some bookings hold at this moment, numbered equipment included."""
    return _held(work, occupancies.c.booking_id.in_(list(booking_ids))) if booking_ids else []


def of_session(work: UnitOfWork, session_id: UUID) -> list[Holding]:
    """Everything a session holds at this moment."""
    return _held(work, occupancies.c.session_id == session_id)


def _held(work: UnitOfWork, holders: sa.ColumnElement[bool]) -> list[Holding]:
    held = occupancies.c
    query = sa.select(held.id, held.atom_id, held.starts_at, held.ends_at).where(
        held.division_code == work.division, holders, held.active
    )
    return [Holding(*row) for row in work.execute(query.order_by(held.atom_id, held.starts_at))]


def take_instead(work: UnitOfWork, held: Sequence[Holding], wanted: Sequence[Taking]) -> Instead:
    """Take what is free of ``wanted``, giving up what stands in its way of ``held``.

    The caller gives ``still_held`` back once it has what it wants, or rolls back.
    """
    first, last = in_the_way(held, wanted)
    still_held = [one.holding_id for one in last]
    if not first:
        return Instead(take_free(work, wanted), [], still_held)
    atoms = sorted({one.atom_id for one in wanted})
    work.driver.execute(_ONE_AT_A_TIME, {"division": work.division, "atom_ids": [str(one) for one in atoms]})
    missed: list[Taking] = []
    given_up: list[Freed] = []
    for atom_id in atoms:
        given_up += let_go(work, [one.holding_id for one in first if one.atom_id == atom_id])
        missed += take_free(work, [one for one in wanted if one.atom_id == atom_id])
    return Instead(missed, given_up, still_held)


def let_go(work: UnitOfWork, held: Sequence[UUID]) -> list[Freed]:
    """Give rows back by their ids; tell what became free."""
    return give_back(work, occupancies.c.id.in_(held)) if held else []


def in_the_way(held: Sequence[Holding], wanted: Sequence[Taking]) -> tuple[list[Holding], list[Holding]]:
    """Divide what is held: what overlaps something wanted, and all else. The wanted times of an atom lie apart."""
    times: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for one in wanted if held else ():
        times[one.atom_id].append((one.ends_at, one.starts_at))
    for each in times.values():
        each.sort()
    first, last = [], []
    for holding in held:
        (first if _overlaps(holding, times.get(holding.atom_id, [])) else last).append(holding)
    return first, last


def _overlaps(holding: Holding, times: Sequence[tuple[datetime, datetime]]) -> bool:
    next_one = bisect_right(times, holding.starts_at, key=lambda time: time[0])
    return next_one < len(times) and times[next_one][1] < holding.ends_at
