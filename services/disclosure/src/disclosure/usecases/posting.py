# SPDX-License-Identifier: Apache-2.0
"""Post one entry: choose its month, give it to the ledger, announce it. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.db import UnitOfWork, uuid7

from disclosure.domain.ledger import Posting
from disclosure.domain.months import local_date, month_to_post_in
from disclosure.store.ledger import Book, Ledger, NewEntry
from disclosure.usecases.announcements import entry_posted


@dataclass(frozen=True)
class Origin:
    """Where an entry comes from: what moved, when, in which room, because of which event or entry."""

    kind: str
    occurred_on: date
    venue_id: UUID
    room: str
    source_event: str
    relates_to: UUID | None = None
    relates_to_no: int | None = None
    reason_code: str | None = None


def post_entry(work: UnitOfWork, book: Book, origin: Origin, postings: Sequence[Posting]) -> int:
    """Post and return the number. The caller holds the book's lock, so the months read here stay as they are."""
    ledger, now = Ledger(work), work.clock.now()
    month = month_to_post_in(origin.occurred_on, opened_month=book.opened_month, closed=ledger.closed_months(book))
    ledger.add_month(book, month)
    entry = NewEntry(
        entry_id=uuid7(),
        month=month,
        kind=origin.kind,
        occurred_on=origin.occurred_on,
        posted_on=local_date(now),
        posted_at=now,
        venue_id=origin.venue_id,
        room=origin.room,
        source_event=origin.source_event,
        relates_to=origin.relates_to,
        reason_code=origin.reason_code,
    )
    number = ledger.post(book, entry, postings)
    work.outbox.add(entry_posted(book, entry, number, postings, origin.relates_to_no))
    work.audit("post_entry", "entry", entry.entry_id, {"entry_no": number, "source": entry.source_event})
    return number
