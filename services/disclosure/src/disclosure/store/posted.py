# SPDX-License-Identifier: Apache-2.0
"""Finding what is already posted, for the rules that decide what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from disclosure.domain.ledger import INCOME, OPERATOR_CLEARING, REVERSAL, SUSPENSE, Contract, Posting
from disclosure.store import tables as t


@dataclass(frozen=True)
class Posted:
    """A posted entry and everything posted in relation to it."""

    entry_id: UUID
    no: int
    venue_id: UUID
    room: str
    taken_fen: int
    is_reversed: bool
    postings: tuple[Posting, ...]


def find_posted(work: UnitOfWork, source_event: str) -> Posted | None:
    """Find the entry a source event led to, with its allocation and reversal."""
    c = t.journal_entries.c
    row = work.execute(
        sa.select(c.id, c.no, c.venue_id, c.room).where(
            c.division_code == work.division, c.source_event == source_event
        )
    ).one_or_none()
    if row is None:
        return None
    p = t.postings.c
    lines = work.execute(
        sa.select(c.kind, p.account, p.amount_fen)
        .join_from(t.postings, t.journal_entries, sa.and_(p.division_code == c.division_code, p.entry_id == c.id))
        .where(c.division_code == work.division, sa.or_(c.id == row.id, c.relates_to == row.id))
        .order_by(c.no, p.line_no)
    ).all()
    return Posted(
        entry_id=row.id,
        no=row.no,
        venue_id=row.venue_id,
        room=row.room,
        taken_fen=sum(line.amount_fen for line in lines if line.account == OPERATOR_CLEARING and line.kind != REVERSAL),
        is_reversed=any(line.kind == REVERSAL for line in lines),
        postings=tuple(Posting(line.account, line.amount_fen) for line in lines),
    )


@dataclass(frozen=True)
class InSuspense:
    """Takings not divided yet."""

    entry_id: UUID
    no: int
    room: str
    occurred_on: date
    amount_fen: int


def find_in_suspense(work: UnitOfWork, book_id: UUID, contract: Contract) -> list[InSuspense]:
    """List a venue's undivided takings of the days a contract covers, in the order of their numbers."""
    e, p = t.journal_entries.c, t.postings.c
    later = t.journal_entries.alias("later")
    settled = sa.exists().where(later.c.division_code == e.division_code, later.c.relates_to == e.id)
    conditions = [e.division_code == work.division, e.book_id == book_id, e.venue_id == contract.venue_id]
    conditions += [e.kind == INCOME, p.account == SUSPENSE, ~settled, e.occurred_on >= contract.valid_from]
    conditions += [e.occurred_on < contract.valid_to] if contract.valid_to else []
    rows = work.execute(
        sa.select(e.id, e.no, e.room, e.occurred_on, -p.amount_fen)
        .join_from(t.postings, t.journal_entries, sa.and_(p.division_code == e.division_code, p.entry_id == e.id))
        .where(*conditions)
        .order_by(e.no)
    )
    return [InSuspense(*row) for row in rows]
