# SPDX-License-Identifier: Apache-2.0
"""Reading the figures of a month up to an entry number. No balance is stored: sums over postings, every time."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from disclosure.domain.ledger import REVERSAL, Account
from disclosure.domain.statement import Entry, Turnover
from disclosure.store import tables as t


def turnovers(connection: sa.Connection, division: str, book_id: UUID, month: str, as_of_no: int) -> list[Turnover]:
    """Sum each account of the book before and in the month, over entries up to ``as_of_no``."""
    a, e, p = t.accounts.c, t.journal_entries.c, t.postings.c
    moved = (
        sa.select(p.account, p.amount_fen, e.month)
        .join_from(t.postings, t.journal_entries, sa.and_(p.division_code == e.division_code, p.entry_id == e.id))
        .where(e.division_code == division, e.book_id == book_id, e.month <= month, e.no <= as_of_no)
        .subquery()
    )
    amount, within = moved.c.amount_fen, moved.c.month == month
    rows = connection.execute(
        sa.select(
            a.code,
            a.kind,
            a.name_zh,
            a.name_en,
            _sum(amount, moved.c.month < month),
            _sum(amount, within, amount > 0),
            _sum(-amount, within, amount < 0),
        )
        .join_from(t.accounts, moved, moved.c.account == a.code, isouter=True)
        .where(a.division_code == division, a.book_id == book_id)
        .group_by(a.code, a.kind, a.name_zh, a.name_en)
        .order_by(a.code)
    )
    return [Turnover(Account(*row[:4]), *(int(value) for value in row[4:])) for row in rows]


def entries(connection: sa.Connection, division: str, book_id: UUID, month: str, as_of_no: int) -> list[Entry]:
    """Read the entries of the month up to ``as_of_no``, in the order of their numbers."""
    e, p = t.journal_entries.c, t.postings.c
    origin, reversal = t.journal_entries.alias("origin"), t.journal_entries.alias("reversal")
    rows = connection.execute(
        sa.select(
            e.no,
            e.month,
            e.kind,
            e.occurred_on,
            e.posted_on,
            e.room,
            origin.c.no.label("relates_to_no"),
            sa.func.min(reversal.c.no).label("reversed_by_no"),
            sa.func.jsonb_object_agg(p.account, p.amount_fen).label("postings"),
        )
        .select_from(t.journal_entries)
        .join(t.postings, sa.and_(p.division_code == e.division_code, p.entry_id == e.id))
        .outerjoin(origin, sa.and_(origin.c.division_code == e.division_code, origin.c.id == e.relates_to))
        .outerjoin(
            reversal,
            sa.and_(
                reversal.c.division_code == e.division_code,
                reversal.c.relates_to == e.id,
                reversal.c.kind == REVERSAL,
                reversal.c.no <= as_of_no,
            ),
        )
        .where(e.division_code == division, e.book_id == book_id, e.month == month, e.no <= as_of_no)
        .group_by(e.no, e.month, e.kind, e.occurred_on, e.posted_on, e.room, origin.c.no)
        .order_by(e.no)
    )
    return [Entry(**row._mapping) for row in rows]


def _sum(amount: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(amount).filter(*conditions), 0)
