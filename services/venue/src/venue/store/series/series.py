# SPDX-License-Identifier: Apache-2.0
"""Writing series: the series, its dates and its bookings, each by one statement whatever the number of dates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from tzdata import IANA_VERSION

from venue.domain.series.series import Series
from venue.store.series.series_tables import equipment_of_series, series, series_dates
from venue.store.tables import bookings, venues

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
    work.execute(sa.insert(series).values(division_code=work.division, tzdata_version=IANA_VERSION, **as_row(one)))


def save(work: UnitOfWork, one: Series) -> None:
    """Store a changed series that ``lock`` has loaded."""
    row = as_row(one)
    work.execute(
        sa.update(series)
        .where(series.c.division_code == work.division, series.c.id == one.series_id)
        .values(tzdata_version=IANA_VERSION, **row)
    )


def lock(work: UnitOfWork, series_id: UUID) -> Series | None:
    """Load a series for a change, its row locked before those of its bookings."""
    query = sa.select(series, equipment_of_series()).where(
        series.c.division_code == work.division, series.c.id == series_id
    )
    row = work.execute(query.with_for_update(of=series)).mappings().one_or_none()
    return as_series(row) if row else None


def open_ended(connection: sa.Connection, division: str, before: date) -> list[UUID]:
    """The open-ended series that do not reach ``before`` yet."""
    column = series.c
    query = sa.select(column.id).where(
        column.division_code == division,
        column.until.is_(None),
        column.state == "active",
        column.materialised_until < before,
    )
    return list(connection.execute(query.order_by(column.id)).scalars())


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
        .with_for_update(key_share=True)
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
            booking.created_at.label("booked_at"),
            booking.space_id.label("booked_space_id"),
            booking.starts_at,
            booking.ends_at,
            booking.local_start,
            booking.local_end,
            booking.regime_code,
            booking.price_fen,
            booking.split,
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
    names = [name for name in Series.__dataclass_fields__ if name not in ("series_id", "equipment")]
    equipment = tuple((UUID(one), quantity) for one, quantity in row["equipment"] or ())
    return Series(series_id=row["id"], equipment=equipment, **{name: row[name] for name in names})


def as_row(one: Series) -> dict[str, Any]:
    """The columns of a series; its equipment has rows of its own."""
    row = asdict(one)
    del row["equipment"]
    return {"id": row.pop("series_id"), **row}


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), default=str)
