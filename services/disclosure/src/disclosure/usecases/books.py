# SPDX-License-Identifier: Apache-2.0
"""What every posting begins with: the community's book, locked, and a look at what is posted already."""

from __future__ import annotations

from datetime import date

from chassis.db import UnitOfWork
from chassis.errors import Conflict

from disclosure.domain.months import month_of
from disclosure.store.ledger import Book, Ledger
from disclosure.store.posted import Posted


def locked_book(work: UnitOfWork, day: date) -> Book:
    """Lock the community's book; where nobody opened it, open it: money must not get lost for want of an officer."""
    ledger = Ledger(work)
    book = ledger.book() or ledger.open_book(month_of(day), work.clock.now())
    ledger.lock(book)
    return book


def checked_same_amount(posted: Posted, amount_fen: int) -> None:
    """Park what is told a second time with another amount."""
    if posted.moved_fen != amount_fen:
        raise Conflict("settled_differently", en=f"Entry {posted.no} is over {posted.moved_fen} fen, not {amount_fen}.")
