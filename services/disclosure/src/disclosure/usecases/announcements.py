# SPDX-License-Identifier: Apache-2.0
"""The events this service emits, as contracts/events/disclosure describes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.events import Event

from disclosure.domain.ledger import Posting
from disclosure.store.ledger import Book, NewEntry
from disclosure.store.statements import Statement

OF_EVENTS = ("settlement", "reversal", "deposit", "deposit_refund", "deposit_kept", "refund")


def entry_posted(
    book: Book, entry: NewEntry, number: int, postings: Sequence[Posting], relates_to_no: int | None = None
) -> Event:
    """Announce an entry; its number is the sequence, so a reader of the whole book can prove there is no gap."""
    return Event(
        "linli.disclosure.entry.posted.v1",
        entry.entry_id,
        number,
        {
            "entry_id": entry.entry_id,
            "book": book.code,
            "entry_no": number,
            "month": entry.month,
            "kind": entry.kind,
            "occurred_on": entry.occurred_on,
            "posted_on": entry.posted_on,
            "currency": "CNY",
            "relates_to_entry_no": relates_to_no,
            "postings": [{"account": one.account, "amount_fen": one.amount_fen} for one in postings],
            **_source(entry),
        },
    )


def _source(entry: NewEntry) -> dict[str, str | None]:
    """Name the act of another service that led to the entry, as its own event does."""
    kind, _, source_id = entry.source_event.partition("/")
    return {"source_kind": kind, "source_id": source_id} if kind in OF_EVENTS else {}


def statement_submitted(statement: Statement) -> Event:
    """Announce that a month is closed and its statement awaits approval."""
    return _event("submitted", statement, {**_named(statement), "sha256": statement.sha256})


def statement_rejected(statement: Statement, *, reopened: bool) -> Event:
    """Announce a rejection; its reason is a person's free text and stays here."""
    return _event(
        "rejected",
        statement,
        {"statement_id": statement.id, "month": statement.month, "version": statement.version, "reopened": reopened},
    )


def statement_published(statement: Statement) -> Event:
    """Announce a publication with its figures and the hash anybody can check."""
    return _event(
        "published",
        statement,
        {
            **_named(statement),
            "sha256": statement.sha256,
            "supersedes": statement.version - 1 or None,
            "income_fen": statement.income_fen,
            "expense_fen": statement.expense_fen,
            "closing_fen": statement.closing_fen,
            "lines_count": statement.lines_count,
            "prepared_office": statement.prepared_office,
            "approved_office": statement.decided_office,
        },
    )


def _event(happened: str, statement: Statement, data: dict[str, Any]) -> Event:
    return Event(f"linli.disclosure.statement.{happened}.v1", statement.id, statement.row_version, data)


def _named(statement: Statement) -> dict[str, Any]:
    return {
        "statement_id": statement.id,
        "month": statement.month,
        "version": statement.version,
        "title_to_date": statement.to_date,
        "as_of_entry_no": statement.as_of_entry_no,
    }
