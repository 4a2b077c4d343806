# SPDX-License-Identifier: Apache-2.0
"""Post what a venue gave back of a settlement: each refund once, from each share in its proportion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork

from disclosure.domain.ledger import REFUND, part_of
from disclosure.store import awaiting_source
from disclosure.store.posted import find_posted
from disclosure.usecases.books import checked_same_amount, locked_book
from disclosure.usecases.posting import Origin, post_entry


@dataclass(frozen=True)
class Refund:
    """Money given back."""

    settlement_id: UUID
    refund_id: UUID
    amount_fen: int
    occurred_on: date
    reason_code: str | None

    @property
    def told(self) -> dict[str, Any]:
        """Its fields as plain values."""
        return {name: str(value) if isinstance(value, UUID | date) else value for name, value in vars(self).items()}

    @classmethod
    def again(cls, told: Mapping[str, Any]) -> Refund:
        """Read it back."""
        ids = UUID(told["settlement_id"]), UUID(told["refund_id"])
        return cls(*ids, told["amount_fen"], date.fromisoformat(told["occurred_on"]), told["reason_code"])


def post_refund(work: UnitOfWork, refund: Refund) -> None:
    """Post it; one that comes before its settlement waits for it. Does not commit.

    Raises Conflict (settled_differently) when the refund is posted with another amount.
    """
    book = locked_book(work, refund.occurred_on)
    source, settlement = f"refund/{refund.refund_id}", f"settlement/{refund.settlement_id}"
    known = find_posted(work, source)
    if known is not None:
        checked_same_amount(known, refund.amount_fen)
        return
    posted = find_posted(work, settlement)
    if posted is None:
        awaiting_source.keep(work, settlement, source, REFUND, refund.told)
        return
    origin = Origin(
        REFUND,
        refund.occurred_on,
        posted.venue_id,
        posted.room,
        source,
        posted.entry_id,
        posted.no,
        refund.reason_code,
    )
    post_entry(work, book, origin, part_of(posted.postings, refund.amount_fen))
