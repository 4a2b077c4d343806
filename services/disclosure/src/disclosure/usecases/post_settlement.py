# SPDX-License-Identifier: Apache-2.0
"""Post a venue's settlement, and reverse it: each at most once, whatever is delivered how often and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.db import UnitOfWork

from disclosure.domain.ledger import INCOME, REVERSAL, in_force, income_postings, opposite
from disclosure.store import awaiting, awaiting_source
from disclosure.store.awaiting import SettlementReversal
from disclosure.store.ledger import Ledger
from disclosure.store.posted import find_posted
from disclosure.usecases.books import checked_same_amount, locked_book
from disclosure.usecases.post_refund import Refund, post_refund
from disclosure.usecases.posting import Origin, post_entry


@dataclass(frozen=True)
class Settlement:
    """Money an operator took for a room."""

    settlement_id: UUID
    venue_id: UUID
    room: str
    amount_fen: int
    occurred_on: date


def post_settlement(work: UnitOfWork, settlement: Settlement) -> None:
    """Post takings by the contract in force on the day, and the reversal that waited for them.

    Does not commit. Raises Conflict (settled_differently) when the settlement is posted with another amount.
    """
    book = locked_book(work, settlement.occurred_on)
    source = _source(settlement.settlement_id)
    posted = find_posted(work, source)
    if posted is not None:
        checked_same_amount(posted, settlement.amount_fen)
        return
    contracts = Ledger(work).contracts(settlement.venue_id)
    contract = in_force(contracts, settlement.venue_id, settlement.occurred_on)
    origin = Origin(INCOME, settlement.occurred_on, settlement.venue_id, settlement.room, source)
    post_entry(work, book, origin, income_postings(settlement.amount_fen, contract))
    for _kind, told in awaiting_source.take(work, source):
        post_refund(work, Refund.again(told))
    waiting = awaiting.take(work, settlement.settlement_id)
    if waiting is not None:
        reverse_settlement(work, waiting)


def reverse_settlement(work: UnitOfWork, reversal: SettlementReversal) -> None:
    """Post the equal opposite of everything posted for a settlement; one that came too early waits for it.

    Does not commit. Raises Conflict (settled_differently) when the settlement is posted with another amount.
    """
    book = locked_book(work, reversal.occurred_on)
    posted = find_posted(work, _source(reversal.settlement_id))
    if posted is None:
        awaiting.keep(work, reversal)
        return
    if posted.is_reversed:
        return
    checked_same_amount(posted, reversal.amount_fen)
    origin = Origin(
        REVERSAL,
        reversal.occurred_on,
        posted.venue_id,
        posted.room,
        f"reversal/{reversal.reversal_id}",
        posted.entry_id,
        posted.no,
        reversal.reason_code,
    )
    post_entry(work, book, origin, opposite(posted.postings))


def _source(settlement_id: UUID) -> str:
    return f"settlement/{settlement_id}"
