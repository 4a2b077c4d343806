# SPDX-License-Identifier: Apache-2.0
"""Post deposits: owed to the guest when taken, ended once by giving back or keeping, whatever is told how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.errors import Conflict

from disclosure.domain import ledger as rules
from disclosure.domain.ledger import DEPOSIT, DEPOSIT_KEPT, DEPOSIT_REFUND, Posting, in_force
from disclosure.store import awaiting_source
from disclosure.store.ledger import Ledger
from disclosure.store.posted import Posted, find_posted
from disclosure.usecases.books import checked_same_amount, locked_book
from disclosure.usecases.posting import Origin, post_entry


@dataclass(frozen=True)
class Deposit:
    """A deposit, or its end: ``kind`` says which."""

    kind: str
    deposit_id: UUID
    venue_id: UUID
    room: str
    amount_fen: int
    occurred_on: date
    reason_code: str | None = None

    @property
    def source(self) -> str:
        """What the entry names as its origin."""
        return f"{self.kind}/{self.deposit_id}"

    @property
    def told(self) -> dict[str, Any]:
        """Its fields as plain values."""
        return {name: str(value) if isinstance(value, UUID | date) else value for name, value in vars(self).items()}

    @classmethod
    def again(cls, told: Mapping[str, Any]) -> Deposit:
        """Read it back."""
        ids = {name: UUID(told[name]) for name in ("deposit_id", "venue_id")}
        return cls(**{**told, **ids, "occurred_on": date.fromisoformat(told["occurred_on"])})


def post_deposit(work: UnitOfWork, deposit: Deposit) -> None:
    """Post a deposit taken, and its end where that came first. Does not commit.

    Raises Conflict (settled_differently) when the deposit is posted with another amount.
    """
    book = locked_book(work, deposit.occurred_on)
    known = find_posted(work, deposit.source)
    if known is not None:
        checked_same_amount(known, deposit.amount_fen)
        return
    origin = Origin(DEPOSIT, deposit.occurred_on, deposit.venue_id, deposit.room, deposit.source)
    post_entry(work, book, origin, rules.deposit_postings(deposit.amount_fen))
    for _kind, told in awaiting_source.take(work, deposit.source):
        end_deposit(work, Deposit.again(told))


def end_deposit(work: UnitOfWork, end: Deposit) -> None:
    """Post that a deposit was given back or kept, whole and once. Does not commit.

    Raises Conflict (settled_differently) for another amount, Conflict (deposit_ended) for the other end.
    """
    book = locked_book(work, end.occurred_on)
    known = find_posted(work, end.source)
    if known is not None:
        checked_same_amount(known, end.amount_fen)
        return
    taken = f"{DEPOSIT}/{end.deposit_id}"
    posted = find_posted(work, taken)
    if posted is None:
        awaiting_source.keep(work, taken, end.source, end.kind, end.told)
        return
    _check_ends_it(posted, end)
    origin = Origin(
        end.kind,
        end.occurred_on,
        posted.venue_id,
        posted.room,
        end.source,
        posted.entry_id,
        posted.no,
        end.reason_code,
    )
    post_entry(work, book, origin, _postings(work, end))


def _postings(work: UnitOfWork, end: Deposit) -> tuple[Posting, ...]:
    if end.kind == DEPOSIT_REFUND:
        return rules.deposit_refund_postings(end.amount_fen)
    contract = in_force(Ledger(work).contracts(end.venue_id), end.venue_id, end.occurred_on)
    return rules.deposit_kept_postings(end.amount_fen, contract)


def _check_ends_it(posted: Posted, end: Deposit) -> None:
    if any(kind in (DEPOSIT_REFUND, DEPOSIT_KEPT) for kind in posted.related_kinds):
        raise Conflict("deposit_ended", en=f"The deposit of entry {posted.no} has ended otherwise.")
    checked_same_amount(posted, end.amount_fen)
