# SPDX-License-Identifier: Apache-2.0
"""Divide takings that came before their contract was recorded."""

from __future__ import annotations

from chassis.db import UnitOfWork

from disclosure.domain.ledger import ALLOCATION, Contract, allocation_postings
from disclosure.store.ledger import Book
from disclosure.store.posted import find_in_suspense
from disclosure.usecases.posting import Origin, post_entry


def allocate_suspense(work: UnitOfWork, book: Book, contract: Contract) -> int:
    """Post an allocation for each undivided entry the contract covers and return how many. Does not commit.

    The entry in suspense stays as it is, perhaps published; the allocation is linked to it and goes to the open month.
    """
    waiting = find_in_suspense(work, book.book_id, contract)
    for entry in waiting:
        origin = Origin(
            ALLOCATION,
            entry.occurred_on,
            contract.venue_id,
            entry.room,
            f"allocation/{entry.entry_id}",
            entry.entry_id,
            entry.no,
        )
        post_entry(work, book, origin, allocation_postings(entry.amount_fen, contract))
    return len(waiting)
