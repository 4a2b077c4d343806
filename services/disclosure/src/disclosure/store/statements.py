# SPDX-License-Identifier: Apache-2.0
"""Loading, adding and deciding statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from disclosure.domain.closing import PUBLISHED, REJECTED
from disclosure.store import tables as t


@dataclass(frozen=True)
class Statement:
    """A statement as it is stored; its content is computed, never stored here."""

    id: UUID
    book_id: UUID
    month: str
    version: int
    state: str
    to_date: date | None
    as_of_entry_no: int
    opening_fen: int
    income_fen: int
    expense_fen: int
    closing_fen: int
    lines_count: int
    sha256: str
    prepared_by: str
    prepared_office: str
    submitted_at: datetime
    decided_by: str | None = None
    decided_office: str | None = None
    decided_at: datetime | None = None
    rejection_reason: str | None = None
    row_version: int = 1


COLUMNS = tuple(t.statements.c[name] for name in Statement.__dataclass_fields__)


class Statements:
    """The statements of one unit of work's division."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._mine = t.statements.c.division_code == work.division

    def find(self, statement_id: UUID) -> Statement | None:
        """Find a statement without locking it."""
        row = self._work.execute(sa.select(*COLUMNS).where(self._mine, t.statements.c.id == statement_id)).one_or_none()
        return row and Statement(**row._mapping)

    def lock(self, statement_id: UUID) -> Statement | None:
        """Find a statement and lock it until the transaction ends."""
        row = self._work.execute(
            sa.select(*COLUMNS).where(self._mine, t.statements.c.id == statement_id).with_for_update()
        ).one_or_none()
        return row and Statement(**row._mapping)

    def states(self, book_id: UUID) -> dict[str, str]:
        """Return each month's state by its latest statement that was not rejected."""
        c = t.statements.c
        rows = self._work.execute(
            sa.select(c.month, c.state)
            .where(self._mine, c.book_id == book_id, c.state != REJECTED)
            .order_by(c.month, c.version)
        )
        return {row.month: row.state for row in rows}

    def published(self, book_id: UUID, month: str) -> Statement | None:
        """Find the latest published statement of a month."""
        c = t.statements.c
        row = self._work.execute(
            sa.select(*COLUMNS)
            .where(self._mine, c.book_id == book_id, c.month == month, c.state == PUBLISHED)
            .order_by(c.version.desc())
            .limit(1)
        ).one_or_none()
        return row and Statement(**row._mapping)

    def add(self, statement: Statement) -> None:
        """Add a submitted statement."""
        self._work.execute(sa.insert(t.statements).values(division_code=self._work.division, **statement.__dict__))

    def decide(self, statement: Statement) -> None:
        """Store a decision; the database lets a statement be decided once."""
        decision = ("state", "decided_by", "decided_office", "decided_at", "rejection_reason", "row_version")
        self._work.execute(
            sa.update(t.statements)
            .where(self._mine, t.statements.c.id == statement.id)
            .values({name: getattr(statement, name) for name in decision})
        )
