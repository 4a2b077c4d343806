# SPDX-License-Identifier: Apache-2.0
"""Post a venue's settlement, and reverse it: each at most once, whatever is delivered how often and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.db import UnitOfWork, uuid7
from chassis.errors import Conflict

from disclosure.domain.ledger import INCOME, REVERSAL, Posting, in_force, income_postings, opposite
from disclosure.domain.months import local_date, month_of, month_to_post_in
from disclosure.store.ledger import Book, Ledger, NewEntry
from disclosure.store.posted import Posted, find_posted
from disclosure.usecases.announcements import entry_posted


@dataclass(frozen=True)
class Settlement:
    """Money an operator took for a room."""

    settlement_id: UUID
    venue_id: UUID
    room: str
    amount_fen: int
    occurred_on: date


@dataclass(frozen=True)
class SettlementReversal:
    """A settlement that was wrong."""

    settlement_id: UUID
    reversal_id: UUID
    amount_fen: int
    occurred_on: date
    reason_code: str | None


def post_settlement(work: UnitOfWork, settlement: Settlement) -> None:
    """Post takings by the contract in force on the day; what cost nothing is no entry.

    Does not commit. A community whose books nobody opened gets them here: money must not get lost for want of an
    administrator. Raises Conflict (settled_differently) when the settlement is posted with another amount.
    """
    if not settlement.amount_fen:
        return
    ledger, source = Ledger(work), f"settlement/{settlement.settlement_id}"
    book = ledger.book() or ledger.open_book(month_of(settlement.occurred_on), work.clock.now())
    ledger.lock(book)
    posted = find_posted(work, source)
    if posted is not None:
        _check_same_amount(posted, settlement.amount_fen)
        return
    contract = in_force(ledger.contracts(settlement.venue_id), settlement.venue_id, settlement.occurred_on)
    entry = _entry(
        work,
        ledger,
        book,
        kind=INCOME,
        occurred_on=settlement.occurred_on,
        venue_id=settlement.venue_id,
        room=settlement.room,
        source_event=source,
    )
    _post(work, ledger, book, entry, income_postings(settlement.amount_fen, contract))


def reverse_settlement(work: UnitOfWork, reversal: SettlementReversal) -> None:
    """Post the equal opposite of everything posted for a settlement. Does not commit."""
    if not reversal.amount_fen:
        return
    ledger = Ledger(work)
    book = ledger.book()
    if book is not None:
        ledger.lock(book)
    posted = book and find_posted(work, f"settlement/{reversal.settlement_id}")
    if not book or not posted:
        raise Conflict("settlement_unknown", en="The reversal came before its settlement.")
    if posted.is_reversed:
        return
    _check_same_amount(posted, reversal.amount_fen)
    entry = _entry(
        work,
        ledger,
        book,
        kind=REVERSAL,
        occurred_on=reversal.occurred_on,
        venue_id=posted.venue_id,
        room=posted.room,
        source_event=f"reversal/{reversal.reversal_id}",
        relates_to=posted.entry_id,
        reason_code=reversal.reason_code,
    )
    _post(work, ledger, book, entry, opposite(posted.postings), posted.no)


def _entry(work: UnitOfWork, ledger: Ledger, book: Book, *, occurred_on: date, **rest: object) -> NewEntry:
    now = work.clock.now()
    month = month_to_post_in(occurred_on, opened_month=book.opened_month, closed=ledger.closed_months(book))
    ledger.add_month(book, month)
    return NewEntry(
        entry_id=uuid7(), month=month, occurred_on=occurred_on, posted_on=local_date(now), posted_at=now, **rest
    )  # type: ignore[arg-type]


def _post(
    work: UnitOfWork,
    ledger: Ledger,
    book: Book,
    entry: NewEntry,
    postings: Sequence[Posting],
    relates_to_no: int | None = None,
) -> None:
    number = ledger.post(book, entry, postings)
    work.outbox.add(entry_posted(book, entry, number, postings, relates_to_no))
    work.audit("post_entry", "entry", entry.entry_id, {"entry_no": number, "source": entry.source_event})


def _check_same_amount(posted: Posted, amount_fen: int) -> None:
    if posted.taken_fen != amount_fen:
        raise Conflict("settled_differently", en=f"Entry {posted.no} is over {posted.taken_fen} fen, not {amount_fen}.")
