# SPDX-License-Identifier: Apache-2.0
"""Which release of the time zones the bookings were fitted to, and fitting them to another."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.store.series.series_tables import left_behind, series, time_zone_releases
from venue.store.tables import bookings, occupancies, spaces

BEFORE = ("requested", "held", "confirmed")
_SHIFT = """
    WITH d AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
            AS d (id uuid, starts_at timestamptz, ends_at timestamptz, shifted boolean)
    ), parts AS (
        UPDATE booking_parts p SET starts_at = p.starts_at + (d.starts_at - b.starts_at),
            ends_at = p.ends_at + (d.ends_at - b.ends_at)
        FROM d JOIN bookings b ON b.division_code = %(division)s AND b.id = d.id
        WHERE p.division_code = %(division)s AND p.booking_id = d.id
    ), dates AS (
        UPDATE series_dates s SET shifted = d.shifted FROM d
        WHERE s.division_code = %(division)s AND s.booking_id = d.id
    )
    UPDATE bookings b SET starts_at = d.starts_at, ends_at = d.ends_at, version = b.version + 1
    FROM d WHERE b.division_code = %(division)s AND b.id = d.id"""


def applied(work: UnitOfWork) -> tuple[str, int] | None:
    """The release applied last and how many bookings it left behind; the row stays locked, so that one worker acts."""
    column = time_zone_releases.c
    query = sa.select(column.applied, column.left_behind).where(column.division_code == work.division)
    row = work.execute(query.with_for_update()).one_or_none()
    return (row.applied, row.left_behind) if row else None


def note_applied(work: UnitOfWork, release: str, still_behind: int, now: datetime) -> None:
    """Remember the release."""
    row = {"applied": release, "left_behind": still_behind, "applied_at": now}
    inserted = pg.insert(time_zone_releases).values(division_code=work.division, **row)
    work.execute(inserted.on_conflict_do_update(constraint="pk_time_zone_releases", set_=row))


def to_come(work: UnitOfWork, now: datetime) -> Sequence[Mapping[str, Any]]:
    """Every live booking that has not begun, as the wall clock has it and as it is held."""
    booking = bookings.c
    columns = (booking.id, booking.series_id, booking.local_start, booking.local_end, booking.tz)
    query = sa.select(*columns, booking.starts_at, booking.ends_at).where(
        booking.division_code == work.division, booking.state.in_(BEFORE), booking.starts_at > now
    )
    return work.execute(query.order_by(booking.id)).mappings().all()


def lock(work: UnitOfWork, booking_ids: Collection[UUID], series_ids: Collection[UUID]) -> list[Mapping[str, Any]]:
    """Lock series first, then bookings, each in the order of their ids; return the bookings as they then are."""
    one, booking = series.c, bookings.c
    named = sa.select(one.id).where(one.division_code == work.division, one.id.in_(list(series_ids)))
    work.execute(named.order_by(one.id).with_for_update()).all()
    query = sa.select(bookings).where(
        booking.division_code == work.division, booking.id.in_(list(booking_ids)), booking.state.in_(BEFORE)
    )
    return list(work.execute(query.order_by(booking.id).with_for_update(key_share=True)).mappings())


def atoms_held(work: UnitOfWork, booking_ids: Collection[UUID]) -> Sequence[Mapping[str, Any]]:
    """What bookings hold, buffers included, to be taken again at another time."""
    held = occupancies.c
    query = sa.select(held.booking_id, held.atom_id, held.starts_at, held.ends_at, held.hold_expires_at).where(
        held.division_code == work.division, held.booking_id.in_(list(booking_ids)), held.active
    )
    return work.execute(query).mappings().all()


def shift(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give bookings other instants for the same wall times, their parts and their series' dates with them."""
    work.driver.execute(_SHIFT, {"division": work.division, "rows": json.dumps(list(rows), default=str)})


def touch(work: UnitOfWork, booking_id: UUID) -> int:
    """Count a booking that stays where it is up by a version, because something is told about it."""
    booking = bookings.c
    touched = (
        sa.update(bookings)
        .where(booking.division_code == work.division, booking.id == booking_id)
        .values(version=booking.version + 1)
    )
    return work.execute(touched.returning(booking.version)).scalar_one()


def leave_behind(work: UnitOfWork, booking_ids: Collection[UUID], release: str, now: datetime) -> set[UUID]:
    """Note bookings that could not follow; return those of which staff has not been told yet."""
    if not booking_ids:
        return set()
    rows = [
        {"division_code": work.division, "booking_id": one, "release": release, "noticed_at": now}
        for one in booking_ids
    ]
    inserted = pg.insert(left_behind).values(rows)
    noted = inserted.on_conflict_do_update(
        constraint="pk_left_behind",
        set_={"release": release, "noticed_at": now},
        where=left_behind.c.release != release,
    )
    return set(work.execute(noted.returning(left_behind.c.booking_id)).scalars())


def forget_settled(work: UnitOfWork, still_behind: Collection[UUID]) -> None:
    """Forget bookings that were left behind and have been moved or ended since."""
    column = left_behind.c
    work.execute(
        sa.delete(left_behind).where(
            column.division_code == work.division, column.booking_id.not_in(list(still_behind))
        )
    )


def still_behind(connection: sa.Connection, division: str) -> Sequence[Mapping[str, Any]]:
    """The bookings that staff must settle, with their rooms."""
    column, booking, space = left_behind.c, bookings.c, spaces.c
    query = (
        sa.select(bookings, column.release, space.name_zh, space.name_en)
        .join_from(
            left_behind,
            bookings,
            (booking.division_code == column.division_code) & (booking.id == column.booking_id),
        )
        .join(spaces, (space.division_code == booking.division_code) & (space.id == booking.space_id))
        .where(column.division_code == division, booking.state.in_(BEFORE))
        .order_by(booking.local_start, booking.id)
        .limit(500)
    )
    return connection.execute(query).mappings().all()
