# SPDX-License-Identifier: Apache-2.0
"""Writing the ledger: books, contracts, months, entries. The division comes from the unit of work alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from sqlalchemy.dialects.postgresql import insert

from disclosure.domain.closing import CLOSED, OPEN
from disclosure.domain.ledger import CHART, Contract, Posting
from disclosure.store import tables as t

COMMUNITY_FUND = "community_fund"


@dataclass(frozen=True)
class Book:
    """The books of one fund."""

    book_id: UUID
    code: str
    opened_month: str


@dataclass(frozen=True)
class NewEntry:
    """An entry about to be posted; the database gives its number."""

    entry_id: UUID
    month: str
    kind: str
    occurred_on: date
    posted_on: date
    posted_at: datetime
    venue_id: UUID
    room: str
    source_event: str
    relates_to: UUID | None = None
    reason_code: str | None = None


class Ledger:
    """The ledger of one unit of work's division."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._division = work.division

    def book(self) -> Book | None:
        """Find the community fund's book."""
        row = self._work.execute(
            sa.select(t.books.c.id, t.books.c.code, t.books.c.opened_month).where(
                t.books.c.division_code == self._division, t.books.c.code == COMMUNITY_FUND
            )
        ).one_or_none()
        return row and Book(*row)

    def open_book(self, opened_month: str, now: datetime) -> Book:
        """Open the community fund's book unless it is open; its first month stays the one it was opened with."""
        book_id = uuid7()
        row = {
            "division_code": self._division,
            "id": book_id,
            "code": COMMUNITY_FUND,
            "opened_month": opened_month,
            "opened_at": now,
        }
        made = self._work.execute(insert(t.books).values(row).on_conflict_do_nothing().returning(t.books.c.id)).scalar()
        book = self.book()
        assert book is not None
        if made:
            self._work.execute(
                sa.insert(t.accounts),
                [
                    {
                        "division_code": self._division,
                        "book_id": book_id,
                        "code": account.code,
                        "kind": account.kind,
                        "name_zh": account.name_zh,
                        "name_en": account.name_en,
                    }
                    for account in CHART
                ],
            )
        return book

    def lock(self, book: Book) -> int:
        """Lock the book until the transaction ends and return its last entry number.

        Taken before anything is read that decides where an entry goes: closing a month and posting wait for each other.
        """
        return self._work.execute(sa.select(sa.func.lock_book(book.book_id))).scalar_one()

    def add_contract(self, book: Book, contract: Contract, operator_name: str, now: datetime) -> None:
        """Record a contract; overlapping ones are refused by the database."""
        self._work.execute(
            sa.insert(t.contracts).values(
                division_code=self._division,
                id=contract.contract_id,
                book_id=book.book_id,
                venue_id=contract.venue_id,
                operator_name=operator_name,
                fund_per_mille=contract.fund_per_mille,
                valid_from=contract.valid_from,
                valid_to=contract.valid_to,
                recorded_at=now,
                recorded_by=self._work.actor.subject,
            )
        )

    def contracts(self, venue_id: UUID) -> list[Contract]:
        """List a venue's contracts, oldest first."""
        c = t.contracts.c
        rows = self._work.execute(
            sa.select(c.id, c.venue_id, c.fund_per_mille, c.valid_from, c.valid_to)
            .where(c.division_code == self._division, c.venue_id == venue_id)
            .order_by(c.valid_from)
        )
        return [Contract(*row) for row in rows]

    def closed_months(self, book: Book) -> set[str]:
        """Return the months nothing can be posted to."""
        c = t.periods.c
        return set(
            self._work.execute(
                sa.select(c.month).where(
                    c.division_code == self._division, c.book_id == book.book_id, c.state == CLOSED
                )
            ).scalars()
        )

    def add_month(self, book: Book, month: str) -> None:
        """Make sure the month exists; a new one is open."""
        self._work.execute(
            insert(t.periods)
            .values(division_code=self._division, book_id=book.book_id, month=month)
            .on_conflict_do_nothing()
        )

    def set_month(self, book: Book, month: str, state: str, now: datetime) -> None:
        """Close or reopen a month."""
        c = t.periods.c
        self._work.execute(
            sa.update(t.periods)
            .where(c.division_code == self._division, c.book_id == book.book_id, c.month == month)
            .values(state=state, closed_at=None if state == OPEN else now)
        )

    def post(self, book: Book, entry: NewEntry, postings: Sequence[Posting]) -> int:
        """Post an entry with its postings and return its number; the balance is judged at commit."""
        number = self._work.execute(
            sa.insert(t.journal_entries)
            .values(
                division_code=self._division,
                id=entry.entry_id,
                book_id=book.book_id,
                month=entry.month,
                kind=entry.kind,
                occurred_on=entry.occurred_on,
                posted_on=entry.posted_on,
                posted_at=entry.posted_at,
                venue_id=entry.venue_id,
                room=entry.room,
                relates_to=entry.relates_to,
                reason_code=entry.reason_code,
                source_event=entry.source_event,
                posted_by=self._work.actor.subject,
                postings_count=len(postings),
            )
            .returning(t.journal_entries.c.no)
        ).scalar_one()
        self._work.execute(
            sa.insert(t.postings),
            [
                {
                    "division_code": self._division,
                    "book_id": book.book_id,
                    "entry_id": entry.entry_id,
                    "line_no": line_no,
                    "account": posting.account,
                    "amount_fen": posting.amount_fen,
                }
                for line_no, posting in enumerate(postings, 1)
            ],
        )
        return number
