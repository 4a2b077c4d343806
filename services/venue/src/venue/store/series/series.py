# SPDX-License-Identifier: Apache-2.0
"""Writing series: the series, its dates and its bookings, each by one statement whatever the number of dates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from tzdata import IANA_VERSION

from venue.domain.series.series import Series
from venue.store.booking.bookings import LIVE
from venue.store.series.series_tables import series, series_dates
from venue.store.tables import bookings, venues

_BOOKING_COLUMNS = """
    id uuid, starts_at timestamptz, ends_at timestamptz, local_start timestamp, local_end timestamp, regime_code text,
    price_version integer, price_fen_per_hour bigint, price_fen bigint, pick_up_code text, occurrence_date date"""
# With whom the person lives on the day of each booking, as identity has told.
_HOUSEHOLD = """(
        SELECT member.household_id FROM household_members member
        WHERE member.division_code = %(division)s AND member.person_id = %(person_id)s
            AND member.started_on <= d.occurrence_date
            AND (member.ended_on IS NULL OR member.ended_on > d.occurrence_date)
        ORDER BY member.started_on DESC LIMIT 1)"""
_INSERT_BOOKINGS = f"""
    INSERT INTO bookings (division_code, id, state, version, venue_id, space_id, person_id, booked_by, channel,
        on_behalf_reason, starts_at, ends_at, local_start, local_end, tz, regime_code, price_version,
        price_fen_per_hour, price_fen, pick_up_code, purpose, party_size, created_at, occupied_minutes_before,
        occupied_minutes_after, household_id, group_id, series_id, occurrence_date)
    SELECT %(division)s, id, 'confirmed', 1, %(venue_id)s, %(space_id)s, %(person_id)s, %(booked_by)s, %(channel)s,
        %(on_behalf_reason)s, starts_at, ends_at, local_start, local_end, %(tz)s, regime_code, price_version,
        price_fen_per_hour, price_fen, pick_up_code, %(purpose)s, %(party_size)s, %(created_at)s,
        %(occupied_minutes_before)s, %(occupied_minutes_after)s, {_HOUSEHOLD}, %(group_id)s, %(series_id)s,
        occurrence_date
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS d ({_BOOKING_COLUMNS})
    ON CONFLICT (division_code, venue_id, pick_up_code) WHERE {LIVE} DO NOTHING
    RETURNING id, household_id"""  # noqa: S608 - constants
_MOVE_BOOKINGS = f"""
    UPDATE bookings b SET version = b.version + 1, space_id = %(space_id)s, series_id = %(series_id)s,
        occurrence_date = d.occurrence_date, starts_at = d.starts_at, ends_at = d.ends_at,
        local_start = d.local_start, local_end = d.local_end, regime_code = d.regime_code,
        price_version = d.price_version, price_fen_per_hour = d.price_fen_per_hour, price_fen = d.price_fen,
        occupied_minutes_before = %(occupied_minutes_before)s, occupied_minutes_after = %(occupied_minutes_after)s
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS d ({_BOOKING_COLUMNS})
    WHERE b.division_code = %(division)s AND b.id = d.id
    RETURNING b.id, b.household_id"""  # noqa: S608 - constants
_PUT_DATES = """
    INSERT INTO series_dates (division_code, series_id, occurrence_date, space_id, planned_start, planned_end, shifted,
        booking_id, reason_code)
    SELECT %(division)s, %(series_id)s, occurrence_date, space_id, planned_start, planned_end, shifted, booking_id,
        reason_code
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS d (occurrence_date date, space_id uuid, planned_start timestamp,
        planned_end timestamp, shifted boolean, booking_id uuid, reason_code text)
    ON CONFLICT ON CONSTRAINT pk_series_dates DO UPDATE SET space_id = EXCLUDED.space_id,
        planned_start = EXCLUDED.planned_start, planned_end = EXCLUDED.planned_end, shifted = EXCLUDED.shifted,
        booking_id = EXCLUDED.booking_id, reason_code = EXCLUDED.reason_code"""


def limit_of_ones_own(work: UnitOfWork, venue_id: UUID) -> int:
    """How many dates a resident may take at once in this venue."""
    venue = venues.c
    query = sa.select(venue.own_series_dates).where(venue.division_code == work.division, venue.id == venue_id)
    return work.execute(query).scalar_one()


def insert(work: UnitOfWork, one: Series) -> None:
    """Store a new series, with the release of the time zones its instants are worked out with."""
    work.execute(sa.insert(series).values(division_code=work.division, tzdata_version=IANA_VERSION, **_row(one)))


def save(work: UnitOfWork, one: Series) -> None:
    """Store a changed series that ``lock`` has loaded."""
    row = _row(one)
    work.execute(
        sa.update(series)
        .where(series.c.division_code == work.division, series.c.id == one.series_id)
        .values(tzdata_version=IANA_VERSION, **row)
    )


def lock(work: UnitOfWork, series_id: UUID) -> Series | None:
    """Load a series for a change, its row locked before those of its bookings."""
    query = sa.select(series).where(series.c.division_code == work.division, series.c.id == series_id)
    row = work.execute(query.with_for_update()).mappings().one_or_none()
    return as_series(row) if row else None


def lock_open_ended(work: UnitOfWork, before: date) -> list[Series]:
    """Load the open-ended series that do not reach ``before`` yet, leaving those to whoever has them in hand."""
    column = series.c
    query = (
        sa.select(series)
        .where(
            column.division_code == work.division,
            column.until.is_(None),
            column.state == "active",
            column.materialised_until < before,
        )
        .order_by(column.id)
        .with_for_update(skip_locked=True)
    )
    return [as_series(row) for row in work.execute(query).mappings()]


def insert_bookings(
    work: UnitOfWork, one: Series, rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> dict[UUID, UUID | None]:
    """Store the bookings of a series; return the households by id: a booking whose code was taken is missing."""
    shared = {
        **{name: value for name, value in _row(one).items() if name not in ("id", "created_at")},
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


def put_dates(work: UnitOfWork, series_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store what was decided about dates; what was decided about them before gives way."""
    if rows:
        told = {"division": work.division, "series_id": series_id, "rows": _json(rows)}
        work.driver.execute(_PUT_DATES, told)


def forget_dates(work: UnitOfWork, series_id: UUID, dates: Sequence[date]) -> None:
    """Drop dates that were left out anyway and that the rule no longer names."""
    column = series_dates.c
    work.execute(
        sa.delete(series_dates).where(
            column.division_code == work.division,
            column.series_id == series_id,
            column.occurrence_date.in_(dates),
            column.booking_id.is_(None),
        )
    )


def hand_over(work: UnitOfWork, series_id: UUID, following_id: UUID, first: date) -> None:
    """Give every date from ``first`` on, with its booking, to the series that follows."""
    column, booking = series_dates.c, bookings.c
    work.execute(
        sa.update(bookings)
        .where(booking.division_code == work.division, booking.series_id == series_id, booking.occurrence_date >= first)
        .values(series_id=following_id)
    )
    work.execute(
        sa.update(series_dates)
        .where(column.division_code == work.division, column.series_id == series_id, column.occurrence_date >= first)
        .values(series_id=following_id)
    )


def lock_dates(work: UnitOfWork, series_id: UUID, first: date) -> list[dict[str, Any]]:
    """Load the dates from ``first`` on with their bookings, whose rows are locked in the order of their ids."""
    booking = bookings.c
    ids = (
        sa.select(booking.id)
        .where(booking.division_code == work.division, booking.series_id == series_id, booking.occurrence_date >= first)
        .order_by(booking.id)
        .with_for_update()
    )
    work.execute(ids).all()
    return dates(work.connection, work.division, series_id, first)


def booking_on(work: UnitOfWork, series_id: UUID, on: date) -> UUID | None:
    """The booking that stands for a date, if one was ever made."""
    column = series_dates.c
    query = sa.select(column.booking_id).where(
        column.division_code == work.division, column.series_id == series_id, column.occurrence_date == on
    )
    return work.execute(query).scalar_one_or_none()


def dates(connection: sa.Connection, division: str, series_id: UUID, first: date | None = None) -> list[dict[str, Any]]:
    """Every date of a series in order, with its booking where it has one."""
    column, booking = series_dates.c, bookings.c
    query = (
        sa.select(
            series_dates,
            booking.state.label("booking_state"),
            booking.version.label("booking_version"),
            booking.space_id.label("booked_space_id"),
            booking.starts_at,
            booking.ends_at,
            booking.local_start,
            booking.local_end,
            booking.regime_code,
            booking.price_fen,
            booking.pick_up_code,
        )
        .outerjoin_from(
            series_dates, bookings, (booking.division_code == column.division_code) & (booking.id == column.booking_id)
        )
        .where(column.division_code == division, column.series_id == series_id)
        .order_by(column.occurrence_date)
    )
    if first is not None:
        query = query.where(column.occurrence_date >= first)
    return [dict(row) for row in connection.execute(query).mappings()]


def as_series(row: Mapping[str, Any]) -> Series:
    """Build a series from its row."""
    names = [name for name in Series.__dataclass_fields__ if name != "series_id"]
    return Series(series_id=row["id"], **{name: row[name] for name in names})


def _row(one: Series) -> dict[str, Any]:
    row = asdict(one)
    return {"id": row.pop("series_id"), **row}


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), default=str)
