# SPDX-License-Identifier: Apache-2.0
"""Writing the bookings of a series, each act by one statement whatever their number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.series.series import Series
from venue.store.booking.bookings import LIVE
from venue.store.series.series import as_row
from venue.store.tables import bookings, reversals, settlements

_BOOKING_COLUMNS = """
    id uuid, starts_at timestamptz, ends_at timestamptz, local_start timestamp, local_end timestamp, regime_code text,
    price_version integer, price_fen_per_hour bigint, price_fen bigint, split boolean, pick_up_code text,
    occurrence_date date"""
# With whom the person lives on the day of each booking, as identity has told.
_HOUSEHOLD = """(
        SELECT member.household_id FROM household_members member
        WHERE member.division_code = %(division)s AND member.person_id = %(person_id)s
            AND member.household_id IS NOT NULL AND member.started_on <= d.occurrence_date
            AND (member.ended_on IS NULL OR member.ended_on > d.occurrence_date)
        ORDER BY member.started_on DESC LIMIT 1)"""
_INSERT_BOOKINGS = f"""
    INSERT INTO bookings (division_code, id, state, version, venue_id, space_id, person_id, booked_by, channel,
        on_behalf_reason, starts_at, ends_at, local_start, local_end, tz, regime_code, price_version,
        price_fen_per_hour, price_fen, pick_up_code, purpose, party_size, created_at, occupied_minutes_before,
        occupied_minutes_after, household_id, group_id, series_id, occurrence_date, split)
    SELECT %(division)s, id, 'confirmed', 1, %(venue_id)s, %(space_id)s, %(person_id)s, %(booked_by)s, %(channel)s,
        %(on_behalf_reason)s, starts_at, ends_at, local_start, local_end, %(tz)s, regime_code, price_version,
        price_fen_per_hour, price_fen, pick_up_code, %(purpose)s, %(party_size)s, %(created_at)s,
        %(occupied_minutes_before)s, %(occupied_minutes_after)s, {_HOUSEHOLD}, %(group_id)s, %(series_id)s,
        occurrence_date, split
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS d ({_BOOKING_COLUMNS})
    ON CONFLICT (division_code, venue_id, pick_up_code) WHERE {LIVE} DO NOTHING
    RETURNING id, household_id"""  # noqa: S608 - constants
# The prices of the stretches it had go with the time; those of the new one come by ``parts``.
_MOVE_BOOKINGS = f"""
    WITH d AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS d ({_BOOKING_COLUMNS})
    ), gone AS (
        DELETE FROM booking_parts p USING d WHERE p.division_code = %(division)s AND p.booking_id = d.id
    )
    UPDATE bookings b SET version = b.version + 1, space_id = %(space_id)s, series_id = %(series_id)s,
        occurrence_date = d.occurrence_date, starts_at = d.starts_at, ends_at = d.ends_at,
        local_start = d.local_start, local_end = d.local_end, regime_code = d.regime_code,
        price_version = d.price_version, price_fen_per_hour = d.price_fen_per_hour, price_fen = d.price_fen,
        split = d.split, occupied_minutes_before = %(occupied_minutes_before)s,
        occupied_minutes_after = %(occupied_minutes_after)s
    FROM d WHERE b.division_code = %(division)s AND b.id = d.id
    RETURNING b.id, b.household_id"""  # noqa: S608 - constants


def insert_bookings(
    work: UnitOfWork, one: Series, rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> dict[UUID, UUID | None]:
    """Store the bookings of a series; return the households by id: a booking whose code was taken is missing."""
    shared = {
        **{name: value for name, value in as_row(one).items() if name not in ("id", "created_at")},
        "created_at": facts["now"],
    }
    told = {**shared, **facts, "division": work.division, "series_id": one.series_id, "rows": _json(rows)}
    return dict(work.driver.execute(_INSERT_BOOKINGS, told).fetchall())


def move_bookings(
    work: UnitOfWork, one: Series, rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> dict[UUID, UUID | None]:
    """Give bookings of a series their new times, room and price; they keep ids and codes. Return their households."""
    told = {**facts, "division": work.division, "series_id": one.series_id, "space_id": one.space_id}
    return dict(work.driver.execute(_MOVE_BOOKINGS, {**told, "rows": _json(rows)}).fetchall())


def end_bookings(
    work: UnitOfWork, booking_ids: Sequence[UUID], now: datetime, reason: str, late: Sequence[UUID] = ()
) -> None:
    """Cancel bookings that were locked; ``late`` are those given up too shortly before they start."""
    booking = bookings.c
    work.execute(
        sa.update(bookings)
        .where(booking.division_code == work.division, booking.id.in_(booking_ids))
        .values(
            state="cancelled",
            version=booking.version + 1,
            cancelled_at=now,
            hold_expires_at=None,
            ended_reason=reason,
            late_cancelled=booking.id.in_(late),
        )
    )


def paid(work: UnitOfWork, booking_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these bookings have been paid for; money that was taken back does not count."""
    if not booking_ids:
        return set()
    settlement, reversal = settlements.c, reversals.c
    undone = sa.exists().where(
        reversal.division_code == settlement.division_code, reversal.settlement_id == settlement.id
    )
    query = sa.select(settlement.booking_id).where(
        settlement.division_code == work.division, settlement.booking_id.in_(booking_ids), ~undone
    )
    return set(work.execute(query).scalars())


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), default=str)
