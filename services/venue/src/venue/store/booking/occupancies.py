# SPDX-License-Identifier: Apache-2.0
"""Taking atoms and giving them back: the one way for bookings, holds, closures and sessions alike.

``store.bookings`` merges the same insert with that of a single booking; nothing else writes occupancies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from psycopg.rows import tuple_row

from venue.store.booking.freeing import Freed, release
from venue.store.tables import occupancies

__all__ = ["Freed", "Label", "Taking", "held_by", "keep", "prolong", "release", "take_free"]

# One insert for all rows, in one order for all writers, so that nobody deadlocks and the constraint alone decides.
# What was taken is told to the public in the same statement.
_TAKE = """
    WITH wanted AS (
        SELECT * FROM unnest(
            %(atom_ids)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(kinds)s::text[],
            %(booking_ids)s::uuid[], %(closure_ids)s::uuid[], %(session_ids)s::uuid[],
            %(expire)s::timestamptz[], %(labels_zh)s::text[], %(labels_en)s::text[]
        ) AS w (atom_id, starts_at, ends_at, kind, booking_id, closure_id, session_id, expires_at, label_zh, label_en)
    ), taken AS (
        INSERT INTO occupancies
            (division_code, atom_id, during, kind, booking_id, closure_id, session_id, hold_expires_at)
        SELECT %(division)s, atom_id, tstzrange(starts_at, ends_at, '[)'), kind, booking_id, closure_id, session_id,
            expires_at
        FROM wanted ORDER BY atom_id, starts_at
        ON CONFLICT ON CONSTRAINT ex_occupancies_held_once DO NOTHING
        RETURNING atom_id, starts_at, ends_at
    ), published AS (
        INSERT INTO published_busy_times
            (division_code, atom_id, starts_at, ends_at, kind, label_zh, label_en, held_until)
        SELECT %(division)s, atom_id, starts_at, ends_at,
            CASE WHEN kind IN ('booking', 'hold') THEN 'busy' ELSE kind END, label_zh, label_en, expires_at
        FROM taken JOIN wanted USING (atom_id, starts_at, ends_at)
    )
    SELECT atom_id, starts_at, ends_at FROM taken"""


_KEEP = """
    WITH kept AS (
        UPDATE occupancies SET kind = 'booking', hold_expires_at = NULL
        WHERE division_code = %(division)s AND booking_id = %(booking_id)s AND active
        RETURNING atom_id, ends_at
    )
    UPDATE published_busy_times shown SET held_until = NULL FROM kept
    WHERE shown.division_code = %(division)s AND shown.atom_id = kept.atom_id AND shown.ends_at = kept.ends_at"""


_PROLONG = """
    WITH prolonged AS (
        UPDATE occupancies SET hold_expires_at = %(until)s
        WHERE division_code = %(division)s AND booking_id = %(booking_id)s AND active
        RETURNING atom_id, ends_at
    )
    UPDATE published_busy_times shown SET held_until = %(until)s FROM prolonged held
    WHERE shown.division_code = %(division)s AND shown.atom_id = held.atom_id AND shown.ends_at = held.ends_at"""


@dataclass(frozen=True)
class Label:
    """What the public reads of a closure or a session; a booking and a hold have none."""

    zh: str
    en: str


@dataclass(frozen=True)
class Taking:
    """A wish for an atom, buffers included, by exactly one holder. ``hold_expires_at`` makes a booking's a hold."""

    atom_id: UUID
    starts_at: datetime
    ends_at: datetime
    booking_id: UUID | None = None
    closure_id: UUID | None = None
    session_id: UUID | None = None
    hold_expires_at: datetime | None = None
    label: Label | None = None

    @property
    def kind(self) -> str:
        """What holds the atom."""
        if self.booking_id is None:
            return "closure" if self.closure_id else "session"
        return "hold" if self.hold_expires_at else "booking"


def take_free(work: UnitOfWork, wanted: Sequence[Taking]) -> list[Taking]:
    """Take what is free and return what was not, holds that have run out included: an empty list means all is held.

    The holders' own rows must be stored before. ``usecases.booking.acquiring`` ends what has run out and tries again.
    After a shortfall the caller rolls back or releases what it will not use.
    """
    if not wanted:
        return []
    with work.driver.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            _TAKE,
            {
                "division": work.division,
                "atom_ids": [one.atom_id for one in wanted],
                "starts": [one.starts_at for one in wanted],
                "ends": [one.ends_at for one in wanted],
                "kinds": [one.kind for one in wanted],
                "booking_ids": [one.booking_id for one in wanted],
                "closure_ids": [one.closure_id for one in wanted],
                "session_ids": [one.session_id for one in wanted],
                "expire": [one.hold_expires_at for one in wanted],
                "labels_zh": [one.label.zh if one.label else None for one in wanted],
                "labels_en": [one.label.en if one.label else None for one in wanted],
            },
        )
        taken = set(cursor.fetchall())
    return [one for one in wanted if (one.atom_id, one.starts_at, one.ends_at) not in taken]


def held_by(work: UnitOfWork, booking_id: UUID) -> set[UUID]:
    """Which atoms a booking holds at this moment."""
    held = occupancies.c
    query = sa.select(held.atom_id).where(
        held.division_code == work.division, held.booking_id == booking_id, held.active
    )
    return set(work.execute(query).scalars())


def keep(work: UnitOfWork, booking_id: UUID) -> None:
    """Turn what a booking holds for a while into what it holds for good, for the public too."""
    work.driver.execute(_KEEP, {"division": work.division, "booking_id": booking_id})


def prolong(work: UnitOfWork, booking_id: UUID, until: datetime) -> None:
    """Keep what a hold holds until a later moment, for the public too."""
    work.driver.execute(_PROLONG, {"division": work.division, "booking_id": booking_id, "until": until})
