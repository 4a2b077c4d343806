# SPDX-License-Identifier: Apache-2.0
"""Reads of series. A page of them is one statement, whatever the number of their dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page

from venue.store.series.series_tables import equipment_of_series, series, series_dates
from venue.store.tables import bookings, occupancies, spaces, venues

TO_COME = ("requested", "held", "confirmed")


@dataclass(frozen=True)
class OtherHolder:
    """A time of an atom that is not just somebody's booking: a closure, a session, or a date of the same series."""

    starts_at: datetime
    ends_at: datetime
    kind: str


def held_otherwise(
    connection: sa.Connection,
    division: str,
    atom_ids: Collection[UUID],
    starts_at: datetime,
    ends_at: datetime,
    series_id: UUID | None = None,
) -> list[OtherHolder]:
    """When these atoms are closed, in session, or held by a date of the same series, between two instants."""
    held, booking = occupancies.c, bookings.c
    own = booking.series_id == series_id if series_id else sa.false()
    query = (
        sa.select(held.starts_at, held.ends_at, sa.case((own, "series"), else_=held.kind))
        .outerjoin_from(
            occupancies, bookings, (booking.division_code == held.division_code) & (booking.id == held.booking_id)
        )
        .where(
            held.division_code == division,
            held.atom_id.in_(list(atom_ids)),
            held.active,
            held.kind.in_(("closure", "session")) | own,
            held.ends_at > starts_at,
            held.starts_at < ends_at,
        )
    )
    return [OtherHolder(*row) for row in connection.execute(query)]


def series_with_names(connection: sa.Connection, division: str, series_id: UUID) -> Mapping[str, Any] | None:
    """One series with the names of its room and venue."""
    query = _named().where(series.c.division_code == division, series.c.id == series_id)
    return connection.execute(query).mappings().one_or_none()


def names_of_spaces(
    connection: sa.Connection, division: str, space_ids: Collection[UUID], language: str
) -> dict[UUID, str]:
    """The names of rooms; a date may have been moved to another."""
    space = spaces.c
    name = space.name_en if language == "en" else space.name_zh
    query = sa.select(space.id, name).where(space.division_code == division, space.id.in_(list(space_ids)))
    return {row[0]: row[1] for row in connection.execute(query)}


def series_page(
    connection: sa.Connection, division: str, page: Page, now: datetime, person_id: UUID | None
) -> list[Mapping[str, Any]]:
    """A page of series, newest first, each with the sums of its dates; one more row tells of another page."""
    column, sums = series.c, _sums(now)
    query = (
        _named(*sums.c)
        .join(sums, sa.true())
        .where(column.division_code == division, page.clause(column.created_at, column.id, descending=True))
        .order_by(column.created_at.desc(), column.id.desc())
        .limit(page.limit + 1)
    )
    if person_id is not None:
        query = query.where(column.person_id == person_id)
    return list(connection.execute(query).mappings())


def _named(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    column, space, venue = series.c, spaces.c, venues.c
    return (
        sa.select(
            series,
            equipment_of_series(),
            space.name_zh,
            space.name_en,
            venue.name_zh.label("venue_name_zh"),
            venue.name_en.label("venue_name_en"),
            *more,
        )
        .join_from(series, spaces, (space.division_code == column.division_code) & (space.id == column.space_id))
        .join(venues, (venue.division_code == column.division_code) & (venue.id == column.venue_id))
    )


def _sums(now: datetime) -> sa.Lateral:
    day, booking = series_dates.c, bookings.c
    to_come = booking.state.in_(TO_COME) & (booking.starts_at > now)
    return (
        sa.select(
            sa.func.count().label("dates_count"),
            sa.func.count().filter(day.booking_id.is_(None)).label("skipped_count"),
            sa.func.count().filter(to_come).label("to_come_count"),
            sa.func.min(booking.starts_at).filter(to_come).label("next_starts_at"),
        )
        .outerjoin_from(
            series_dates, bookings, (booking.division_code == day.division_code) & (booking.id == day.booking_id)
        )
        .where(day.division_code == series.c.division_code, day.series_id == series.c.id)
        .lateral("sums")
    )
