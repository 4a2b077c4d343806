# SPDX-License-Identifier: Apache-2.0
"""Giving atoms back, to the public too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.store.tables import occupancies, published_busy_times

_RELEASE_EQUIPMENT = """
    UPDATE equipment_holds SET active = false
    WHERE division_code = %(division)s AND booking_id = ANY(%(booking_ids)s) AND active"""


@dataclass(frozen=True)
class Freed:
    """A time of an atom that somebody else may have now, and the booking that held it, if one did."""

    atom_id: UUID
    starts_at: datetime
    ends_at: datetime
    booking_id: UUID | None = None


def release(
    work: UnitOfWork,
    *,
    booking_id: UUID | None = None,
    closure_id: UUID | None = None,
    session_id: UUID | None = None,
) -> list[Freed]:
    """Give back everything one holder holds; tell what became free."""
    held = occupancies.c
    if booking_id is not None:
        return give_back(work, held.booking_id == booking_id)
    return give_back(work, held.closure_id == closure_id if closure_id is not None else held.session_id == session_id)


def give_back(work: UnitOfWork, holders: sa.ColumnElement[bool]) -> list[Freed]:
    """Deactivate the active rows of ``holders`` and take them off the public's week."""
    held, shown = occupancies.c, published_busy_times.c
    freed = work.execute(
        sa.update(occupancies)
        .where(held.division_code == work.division, holders, held.active)
        .values(active=False)
        .returning(held.atom_id, held.starts_at, held.ends_at, held.booking_id)
    ).all()
    if freed:
        work.execute(
            sa.delete(published_busy_times).where(
                shown.division_code == work.division,
                sa.tuple_(shown.atom_id, shown.ends_at).in_([(row.atom_id, row.ends_at) for row in freed]),
            )
        )
    return [Freed(*row) for row in freed]


def release_equipment_of(work: UnitOfWork, booking_ids: Sequence[UUID]) -> None:
    """Give back what bookings were promised of counted equipment."""
    work.driver.execute(_RELEASE_EQUIPMENT, {"division": work.division, "booking_ids": list(booking_ids)})
