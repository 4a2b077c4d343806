# SPDX-License-Identifier: Apache-2.0
"""What planning asks of the bookings: who lies ahead, how time was used, what closures take. One statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from venue.domain.opening.stranding import Ahead
from venue.store.booking.quota_tables import lives_here
from venue.store.tables import bookings, occupancies

# The atoms of rooms in use that are not divided further: what a divided room holds besides its parts is no room.
_SMALLEST = """
    SELECT DISTINCT a.id FROM atoms a
    JOIN space_atoms m ON m.division_code = a.division_code AND m.atom_id = a.id
    JOIN spaces s ON s.division_code = m.division_code AND s.id = m.space_id AND s.retired_at IS NULL
    WHERE a.division_code = :division AND a.venue_id = :venue_id AND a.kind = 'room' AND NOT EXISTS (
        SELECT 1 FROM spaces p
        WHERE p.division_code = s.division_code AND p.parent_id = s.id AND p.retired_at IS NULL)
"""
_SMALLEST_ATOMS = sa.text(_SMALLEST + "ORDER BY 1").bindparams(sa.bindparam("venue_id", type_=sa.Uuid))
_USED = sa.text(f"""
    WITH smallest AS ({_SMALLEST}), size AS (
        SELECT s.id, count(*) AS atoms FROM spaces s
        JOIN space_atoms a ON a.division_code = s.division_code AND a.space_id = s.id
        JOIN smallest ON smallest.id = a.atom_id
        WHERE s.division_code = :division AND s.venue_id = :venue_id GROUP BY s.id
    ), held AS (
        SELECT b.id, b.space_id, b.local_start, b.regime_code, b.starts_at, b.ends_at FROM bookings b
        WHERE b.division_code = :division AND b.venue_id = :venue_id AND NOT b.split
            AND b.state IN ('confirmed', 'checked_in', 'checked_out')
            AND b.local_start >= :first AND b.local_start < :last
        UNION ALL
        SELECT b.id, b.space_id, b.local_start, p.regime_code, p.starts_at, p.ends_at FROM bookings b
        JOIN booking_parts p ON p.division_code = b.division_code AND p.booking_id = b.id
        WHERE b.division_code = :division AND b.venue_id = :venue_id AND b.split
            AND b.state IN ('confirmed', 'checked_in', 'checked_out')
            AND b.local_start >= :first AND b.local_start < :last
    )
    SELECT date_trunc('week', held.local_start)::date AS monday, held.regime_code,
        sum(extract(epoch FROM held.ends_at - held.starts_at) / 60 * size.atoms)::bigint AS minutes
    FROM held JOIN size ON size.id = held.space_id
    GROUP BY 1, 2""").bindparams(sa.bindparam("venue_id", type_=sa.Uuid))  # noqa: S608 - put together of constants


def bookings_ahead(connection: sa.Connection, division: str, venue_id: UUID, now: datetime) -> list[Ahead]:
    """The bookings of a venue that hold time from now on, earliest first."""
    booking = bookings.c
    told = (
        booking.group_id.is_not(None),
        booking.channel == "counter",
        lives_here(booking.division_code, booking.person_id),
    )
    query = sa.select(booking.pick_up_code, booking.starts_at, booking.ends_at, *told).where(
        booking.division_code == division,
        booking.venue_id == venue_id,
        booking.ends_at > now,
        booking.state.in_(("held", "confirmed", "checked_in")),
    )
    return [Ahead(*row) for row in connection.execute(query.order_by(booking.starts_at, booking.id))]


def used_minutes(
    connection: sa.Connection, division: str, venue_id: UUID, first: date, last: date
) -> dict[tuple[date, str], int]:
    """Booked minutes by week and regime, a room of several atoms counted for each; ``last`` is excluded."""
    rows = connection.execute(_USED, {"division": division, "venue_id": venue_id, "first": first, "last": last})
    return {(monday, regime): int(minutes) for monday, regime, minutes in rows}


def room_atoms(connection: sa.Connection, division: str, venue_id: UUID) -> list[UUID]:
    """The atoms of a venue's smallest rooms: those in use that are not divided further."""
    return list(connection.execute(_SMALLEST_ATOMS, {"division": division, "venue_id": venue_id}).scalars())


def closed_times(
    connection: sa.Connection, division: str, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> list[tuple[datetime, datetime]]:
    """What closures take of these atoms between two instants, atom by atom."""
    held = occupancies.c
    query: sa.Select[Any] = sa.select(held.starts_at, held.ends_at).where(
        held.division_code == division,
        held.atom_id.in_(atom_ids),
        held.active,
        held.kind == "closure",
        held.ends_at > starts_at,
        held.starts_at < ends_at,
    )
    return [tuple(row) for row in connection.execute(query)]
