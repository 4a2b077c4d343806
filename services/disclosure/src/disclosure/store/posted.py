# SPDX-License-Identifier: Apache-2.0
"""Finding what is already posted, for the rules that decide what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from disclosure.domain.ledger import (
    ALLOCATION,
    DEPOSIT_KEPT,
    INCOME,
    REVERSAL,
    SUSPENSE,
    Contract,
    Posting,
)
from disclosure.store import tables as t


@dataclass(frozen=True)
class Posted:
    """A posted entry and everything posted in relation to it; ``moved_fen`` is what the entry alone moved."""

    entry_id: UUID
    no: int
    venue_id: UUID
    room: str
    moved_fen: int
    is_reversed: bool
    postings: tuple[Posting, ...]
    related_kinds: frozenset[str]


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
        sa.select(c.id, c.kind, p.account, p.amount_fen)
        .join_from(t.postings, t.journal_entries, sa.and_(p.division_code == c.division_code, p.entry_id == c.id))
        .where(c.division_code == work.division, sa.or_(c.id == row.id, c.relates_to == row.id))
        .order_by(c.no, p.line_no)
    ).all()
    return Posted(
        entry_id=row.id,
        no=row.no,
        venue_id=row.venue_id,
        room=row.room,
        moved_fen=sum(line.amount_fen for line in lines if line.id == row.id and line.amount_fen > 0),
        is_reversed=any(line.kind == REVERSAL for line in lines),
        postings=tuple(Posting(line.account, line.amount_fen) for line in lines),
        related_kinds=frozenset(line.kind for line in lines if line.id != row.id),
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
    """List a venue's undivided takings of the days a contract covers, in the order of their numbers.

    What was given back of them meanwhile is taken off; what was reversed, divided or given back whole is not there.
    """
    e, p = t.journal_entries.c, t.postings.c
    later, given = t.journal_entries.alias("later"), t.postings.alias("given")
    settled = sa.exists().where(
        later.c.division_code == e.division_code, later.c.relates_to == e.id, later.c.kind.in_((REVERSAL, ALLOCATION))
    )
    given_back = (
        sa.select(sa.func.coalesce(sa.func.sum(given.c.amount_fen), 0))
        .join_from(
            given, later, sa.and_(given.c.division_code == later.c.division_code, given.c.entry_id == later.c.id)
        )
        .where(later.c.division_code == e.division_code, later.c.relates_to == e.id, given.c.account == SUSPENSE)
        .correlate(t.journal_entries)
        .scalar_subquery()
    )
    waiting = sa.cast(-p.amount_fen - given_back, sa.BigInteger)
    conditions = [e.division_code == work.division, e.book_id == book_id, e.venue_id == contract.venue_id]
    conditions += [e.kind.in_((INCOME, DEPOSIT_KEPT)), p.account == SUSPENSE, ~settled, waiting > 0]
    conditions += [e.occurred_on >= contract.valid_from]
    conditions += [e.occurred_on < contract.valid_to] if contract.valid_to else []
    rows = work.execute(
        sa.select(e.id, e.no, e.room, e.occurred_on, waiting)
        .join_from(t.postings, t.journal_entries, sa.and_(p.division_code == e.division_code, p.entry_id == e.id))
        .where(*conditions)
        .order_by(e.no)
    )
    return [InSuspense(*row) for row in rows]
