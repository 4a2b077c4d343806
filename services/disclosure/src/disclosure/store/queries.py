# SPDX-License-Identifier: Apache-2.0
"""Reading for the people who keep the books; the division is the actor's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from disclosure.store import tables as t
from disclosure.store.ledger import COMMUNITY_FUND, Book
from disclosure.store.statements import COLUMNS, Statement


def book(connection: sa.Connection, division: str) -> tuple[Book, int] | None:
    """Find the community fund's book and its last entry number."""
    c = t.books.c
    row = connection.execute(
        sa.select(c.id, c.code, c.opened_month, c.last_entry_no).where(
            c.division_code == division, c.code == COMMUNITY_FUND
        )
    ).one_or_none()
    return row and (Book(*row[:3]), row.last_entry_no)


def entries(connection: sa.Connection, division: str, month: str | None, page: Page) -> Sequence[sa.Row[Any]]:
    """List entries, newest number first, one row more than the page shows."""
    e, p = t.journal_entries.c, t.postings.c
    origin = t.journal_entries.alias("origin")
    side = sa.func.jsonb_build_object("account", p.account, "amount_fen", p.amount_fen)
    sides = (
        sa.select(sa.func.jsonb_agg(aggregate_order_by(side, p.line_no)))
        .where(p.division_code == e.division_code, p.entry_id == e.id)
        .correlate(t.journal_entries)
        .scalar_subquery()
    )
    return connection.execute(
        sa.select(
            e.id,
            e.no,
            e.month,
            e.kind,
            e.occurred_on,
            e.posted_on,
            e.room,
            origin.c.no.label("relates_to_no"),
            sides.label("postings"),
        )
        .outerjoin(origin, sa.and_(origin.c.division_code == e.division_code, origin.c.id == e.relates_to))
        .where(
            e.division_code == division,
            sa.true() if month is None else e.month == month,
            page.clause(e.no, descending=True),
        )
        .order_by(e.no.desc())
        .limit(page.limit + 1)
    ).all()


def month_states(connection: sa.Connection, division: str, book_id: UUID) -> dict[str, tuple[str, int]]:
    """Return each month's state and number of entries."""
    m, e = t.periods.c, t.journal_entries.c
    rows = connection.execute(
        sa.select(m.month, m.state, sa.func.count(e.id))
        .join_from(
            t.periods,
            t.journal_entries,
            sa.and_(e.division_code == m.division_code, e.book_id == m.book_id, e.month == m.month),
            isouter=True,
        )
        .where(m.division_code == division, m.book_id == book_id)
        .group_by(m.month, m.state)
    )
    return {month: (state, count) for month, state, count in rows}


def latest_statements(connection: sa.Connection, division: str, book_id: UUID) -> dict[str, Statement]:
    """Return each month's latest statement, whatever its state."""
    c = t.statements.c
    rows = connection.execute(
        sa.select(*COLUMNS)
        .ext(distinct_on(c.month))
        .where(c.division_code == division, c.book_id == book_id)
        .order_by(c.month, c.submitted_at.desc(), c.id.desc())
    )
    return {row.month: Statement(**row._mapping) for row in rows}


def statements(
    connection: sa.Connection, division: str, month: str | None, state: str | None, page: Page
) -> list[Statement]:
    """List statements, newest first, one more than the page shows."""
    c = t.statements.c
    conditions = [c.division_code == division, page.clause(c.submitted_at, c.id, descending=True)]
    conditions += [c.month == month] if month else []
    conditions += [c.state == state] if state else []
    rows = connection.execute(
        sa.select(*COLUMNS).where(*conditions).order_by(c.submitted_at.desc(), c.id.desc()).limit(page.limit + 1)
    )
    return [Statement(**row._mapping) for row in rows]


def statement(connection: sa.Connection, division: str, statement_id: UUID) -> Statement | None:
    """Find one statement."""
    c = t.statements.c
    row = connection.execute(sa.select(*COLUMNS).where(c.division_code == division, c.id == statement_id)).one_or_none()
    return row and Statement(**row._mapping)
