# SPDX-License-Identifier: Apache-2.0
"""What bookings hold that are about to leave it, and which of it stands in the way of where they want to go."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.store.booking.occupancies import Taking
from venue.store.tables import occupancies


@dataclass(frozen=True)
class Holding:
    """One atom held for some time, by its row's id."""

    holding_id: UUID
    atom_id: UUID
    starts_at: datetime
    ends_at: datetime


def of(work: UnitOfWork, booking_ids: Collection[UUID]) -> list[Holding]:
    """Everything some bookings hold at this moment, numbered equipment included."""
    if not booking_ids:
        return []
    held = occupancies.c
    query = sa.select(held.id, held.atom_id, held.starts_at, held.ends_at).where(
        held.division_code == work.division, held.booking_id.in_(list(booking_ids)), held.active
    )
    return [Holding(*row) for row in work.execute(query.order_by(held.atom_id, held.starts_at))]


def in_the_way(held: Sequence[Holding], wanted: Sequence[Taking]) -> tuple[list[UUID], list[UUID]]:
    """Divide what is held: what overlaps something wanted, and all else. The wanted times of an atom lie apart."""
    times: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for one in wanted if held else ():
        times[one.atom_id].append((one.ends_at, one.starts_at))
    for each in times.values():
        each.sort()
    first, last = [], []
    for holding in held:
        (first if _overlaps(holding, times.get(holding.atom_id, [])) else last).append(holding.holding_id)
    return first, last


def _overlaps(holding: Holding, times: Sequence[tuple[datetime, datetime]]) -> bool:
    next_one = bisect_right(times, holding.starts_at, key=lambda time: time[0])
    return next_one < len(times) and times[next_one][1] < holding.ends_at
