# SPDX-License-Identifier: Apache-2.0
"""Closed days, and the sums of a day's money straight from its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.money.reconciliation import ClosedDay
from venue.store.money.money_tables import day_statements, deposit_endings, deposits, refunds, venue_terms
from venue.store.tables import bookings, receipt_counters, reversals, settlements

_C = day_statements.c


def lock(work: UnitOfWork, venue_id: UUID) -> bool:
    """Make money and the closing of days of this venue wait for each other; False where there is no such venue."""
    counter = receipt_counters.c
    query = sa.select(counter.venue_id).where(counter.division_code == work.division, counter.venue_id == venue_id)
    return work.execute(query.with_for_update()).one_or_none() is not None


def books_on(work: UnitOfWork, venue_id: UUID, today: date) -> date:
    """On which day money moved today is booked: today, or the first day that is not closed yet."""
    lock(work, venue_id)
    last = last_closed(work.connection, work.division, venue_id)
    return today if last is None or last < today else last + timedelta(days=1)


def last_closed(connection: sa.Connection, division: str, venue_id: UUID) -> date | None:
    """The latest closed day of a venue."""
    query = sa.select(sa.func.max(_C.day)).where(_C.division_code == division, _C.venue_id == venue_id)
    return connection.execute(query).scalar_one()


def insert(
    work: UnitOfWork,
    venue_id: UUID,
    day: date,
    totals: Mapping[str, int],
    counted_fen: int,
    note: str | None,
    at: datetime,
) -> None:
    """Close a day."""
    work.execute(
        sa.insert(day_statements).values(
            division_code=work.division,
            venue_id=venue_id,
            day=day,
            totals=dict(totals),
            expected_cash_fen=totals["expected_cash_fen"],
            counted_cash_fen=counted_fen,
            note=note,
            closed_by=work.actor.subject,
            closed_at=at,
        )
    )


def first_open(
    connection: sa.Connection, division: str, venue_id: UUID, last: date | None, before: date
) -> date | None:
    """The first day with money after the last closed one and before a day; None where there is none."""
    found = []
    for one in (settlements, reversals, deposits, deposit_endings, refunds):
        of_venue = (bookings.c.division_code == one.c.division_code) & (bookings.c.id == one.c.booking_id)
        query = sa.select(sa.func.min(one.c.occurred_on).label("day")).join_from(one, bookings, of_venue)
        query = query.where(
            one.c.division_code == division, bookings.c.venue_id == venue_id, one.c.occurred_on < before
        )
        found.append(query if last is None else query.where(one.c.occurred_on > last))
    days = sa.union_all(*found).subquery()
    return connection.execute(sa.select(sa.func.min(days.c.day))).scalar_one()


def closed(connection: sa.Connection, division: str, venue_id: UUID, day: date) -> Mapping[str, Any] | None:
    """A day as it was closed, or None."""
    query = sa.select(day_statements).where(_C.division_code == division, _C.venue_id == venue_id, _C.day == day)
    return connection.execute(query).mappings().one_or_none()


def closed_since(connection: sa.Connection, division: str, since: date) -> list[ClosedDay]:
    """The closed days of every venue of a community since a day, with what each came to when it was closed."""
    total = sa.cast(_C.totals["total_fen"].astext, sa.BigInteger)
    query = sa.select(_C.venue_id, _C.day, total).where(_C.division_code == division, _C.day >= since)
    return [ClosedDay(*row) for row in connection.execute(query)]


def latest(connection: sa.Connection, division: str, venue_id: UUID, limit: int) -> Sequence[Mapping[str, Any]]:
    """The last closed days of a venue, newest first."""
    query = sa.select(day_statements).where(_C.division_code == division, _C.venue_id == venue_id)
    return connection.execute(query.order_by(_C.day.desc()).limit(limit)).mappings().all()


def venue(connection: sa.Connection, division: str, venue_id: UUID) -> Mapping[str, Any] | None:
    """A venue's name, zone and terms of money."""
    query = sa.select(venue_terms).where(venue_terms.c.division_code == division, venue_terms.c.id == venue_id)
    return connection.execute(query).mappings().one_or_none()


def moves(connection: sa.Connection, division: str, venue_id: UUID, day: date) -> Sequence[tuple[str, str, int, int]]:
    """A day's money by (what, method): how often and how much. One statement over the rows themselves."""
    undone = settlements.alias("undone")
    ended = deposits.alias("ended")
    parts = [
        _sum("settled", settlements, settlements.c.method, day),
        _sum("reversed", reversals, undone.c.method, day).join(
            undone,
            (undone.c.division_code == reversals.c.division_code) & (undone.c.id == reversals.c.settlement_id),
        ),
        _sum("deposits_taken", deposits, deposits.c.method, day),
        _sum(
            sa.literal("deposits_").concat(deposit_endings.c.kind), deposit_endings, ended.c.method, day,
            deposit_endings.c.kind,
        ).join(
            ended,
            (ended.c.division_code == deposit_endings.c.division_code) & (ended.c.id == deposit_endings.c.deposit_id),
        ),
        _sum("refunded", refunds, refunds.c.method, day),
    ]  # fmt: skip
    of_venue = [
        part.where(bookings.c.division_code == division, bookings.c.venue_id == venue_id).subquery() for part in parts
    ]
    rows = connection.execute(sa.union_all(*(sa.select(one) for one in of_venue)))
    return [(what, method, int(times), int(fen)) for what, method, times, fen in rows]


def _sum(
    what: str | sa.ColumnElement[str],
    table: sa.Table,
    method: sa.ColumnElement[str],
    day: date,
    *by: sa.ColumnElement[Any],
) -> sa.Select[Any]:
    label = sa.literal(what) if isinstance(what, str) else what
    return (
        sa.select(
            label.label("what"), method.label("method"), sa.func.count().label("times"),
            sa.func.sum(table.c.amount_fen).label("fen"),
        )
        .join_from(
            table, bookings, (bookings.c.division_code == table.c.division_code) & (bookings.c.id == table.c.booking_id)
        )
        .where(table.c.occurred_on == day)
        .group_by(method, *by)
    )  # fmt: skip
