# SPDX-License-Identifier: Apache-2.0
"""The ledger's copy, our own money in the same form, and the differences found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.domain.money.reconciliation import OURS, Difference, Entry, Moved
from venue.store.money.money_tables import deposit_endings, deposits, differences, posted_entries, refunds
from venue.store.tables import bookings, reversals, settlements

_P, _D = posted_entries.c, differences.c


def keep_entry(work: UnitOfWork, entry_id: UUID, entry: Entry) -> None:
    """Keep what the ledger told of an entry; told again it says nothing new."""
    row = {"division_code": work.division, "entry_id": entry_id, **entry.__dict__}
    work.execute(pg.insert(posted_entries).values(row).on_conflict_do_nothing())


def entries_since(connection: sa.Connection, division: str, since: date) -> list[Entry]:
    """What the ledger posted of our money since a day."""
    query = sa.select(_P.source_kind, _P.source_id, _P.amount_fen, _P.posted_on).where(
        _P.division_code == division, _P.posted_on >= since, _P.source_kind.in_(OURS)
    )
    return [Entry(*row) for row in connection.execute(query)]


def moved_since(connection: sa.Connection, division: str, since: date) -> list[tuple[Moved, datetime]]:
    """All money that moved since a day, with the moment, in one statement."""
    ending = sa.case((deposit_endings.c.kind == "kept", "deposit_kept"), else_="deposit_refund")
    parts = [
        _moved(sa.literal("settlement"), settlements, settlements.c.id, settlements.c.settled_at),
        _moved(sa.literal("reversal"), reversals, reversals.c.id, reversals.c.reversed_at),
        _moved(sa.literal("deposit"), deposits, deposits.c.id, deposits.c.taken_at),
        _moved(ending, deposit_endings, deposit_endings.c.deposit_id, deposit_endings.c.ended_at),
        _moved(sa.literal("refund"), refunds, refunds.c.id, refunds.c.refunded_at),
    ]
    of_community = [
        part.where(bookings.c.division_code == division, part.selected_columns.occurred_on >= since) for part in parts
    ]
    return [(Moved(*row[:5]), row[5]) for row in connection.execute(sa.union_all(*of_community))]


def _moved(
    kind: sa.ColumnElement[str], table: sa.Table, source: sa.ColumnElement[UUID], at: sa.ColumnElement[datetime]
) -> sa.Select[Any]:
    return sa.select(
        kind.label("source_kind"), source.label("source_id"), bookings.c.venue_id, table.c.occurred_on,
        table.c.amount_fen, at.label("at"),
    ).join_from(
        table, bookings, (bookings.c.division_code == table.c.division_code) & (bookings.c.id == table.c.booking_id)
    )  # fmt: skip


def keep_differences(work: UnitOfWork, found: Iterable[Difference], at: datetime) -> int:
    """Store what differs now, mark as resolved what no longer does, and return how many are open."""
    rows = [{"division_code": work.division, "found_at": at, "resolved_at": None, **one.__dict__} for one in found]
    still = [(row["source_kind"], row["source_id"]) for row in rows]
    work.execute(
        sa.update(differences)
        .where(
            _D.division_code == work.division,
            _D.resolved_at.is_(None),
            sa.tuple_(_D.source_kind, _D.source_id).not_in(still),
        )
        .values(resolved_at=at)
    )
    for row in rows:
        changed = {name: row[name] for name in ("kind", "venue_fen", "ledger_fen", "resolved_at")}
        work.execute(
            pg.insert(differences)
            .values(row)
            .on_conflict_do_update(constraint="pk_reconciliation_differences", set_=changed)
        )
    return len(rows)


def open_on(connection: sa.Connection, division: str, venue_id: UUID, day: date) -> Sequence[Mapping[str, Any]]:
    """Open differences of a venue up to a day; those without a venue concern every one of the community."""
    query = sa.select(differences).where(
        _D.division_code == division,
        _D.resolved_at.is_(None),
        sa.or_(_D.venue_id == venue_id, _D.venue_id.is_(None)),
        _D.occurred_on <= day,
    )
    return connection.execute(query.order_by(_D.occurred_on.desc(), _D.source_id).limit(100)).mappings().all()


def oldest_open(connection: sa.Connection, division: str) -> date | None:
    """The day of the oldest difference that is open; it does not end by growing old."""
    query = sa.select(sa.func.min(_D.occurred_on)).where(_D.division_code == division, _D.resolved_at.is_(None))
    return connection.execute(query).scalar_one()


def count_open(connection: sa.Connection, division: str) -> int:
    """How many differences of a community are open."""
    query = sa.select(sa.func.count()).where(_D.division_code == division, _D.resolved_at.is_(None))
    return int(connection.execute(query.select_from(differences)).scalar_one())
