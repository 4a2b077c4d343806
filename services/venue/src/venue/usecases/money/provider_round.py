# SPDX-License-Identifier: Apache-2.0
"""A round of talking with the payment provider: one thing after another, and what fails for one is that one's own.

Whoever fails many times in a row is away, and is left in peace until the next round. A round takes its things in no
certain order: those behind some that fail each time come first in another round.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.payments.provider import PaymentProvider, ProviderDown, Refused
from venue.store.money.payments import FIRST

log = logging.getLogger(__name__)
AT_ONCE = 50
GIVEN_UP_AFTER = 5  # failures in a row


class Numbered(Protocol):
    """Something a round sees to."""

    @property
    def number(self) -> UUID:
        """By which a page continues the one before."""


One = TypeVar("One", bound=Numbered)
Page = Callable[[sa.Connection, str, int, UUID], Sequence[One]]


class Round:
    """What a round works with, and how it went."""

    def __init__(self, deps: Deps, actor: Actor, provider: PaymentProvider, now: datetime) -> None:
        self.deps, self.actor, self.provider, self.now = deps, actor, provider, now
        self.answered = self.refused = self.failed = 0

    @property
    def is_unanswered(self) -> bool:
        """Tell whether nothing at all was answered that was asked."""
        return self.failed > 0 and not (self.answered or self.refused)

    def with_each(self, page: Page[One], act: Callable[[Round, One], None]) -> None:
        """Do it with every one of all pages. Raises nothing that one of them causes."""
        self.with_these(self.all_of(page), act)

    def with_these(self, rows: Sequence[One], act: Callable[[Round, One], None]) -> None:
        """Do it with every one of these."""
        in_a_row = 0
        for one in mixed(rows):
            if in_a_row == GIVEN_UP_AFTER:
                log.warning("the payment provider is given up for this round")
                return
            in_a_row = 0 if self._done(act, one) else in_a_row + 1

    def _done(self, act: Callable[[Round, One], None], one: One) -> bool:
        try:
            act(self, one)
            self.answered += 1
        except Refused as error:
            self.refused += 1
            log.error("the payment provider refuses %s: %s", one.number, error)
        except Exception as error:  # no answer, or one that makes no sense: the others shall not wait for it
            self.failed += 1
            log.warning("%s fails with the payment provider: %s", one.number, error, exc_info=not_down(error))
            return False
        return True

    def all_of(self, page: Page[One]) -> list[One]:
        """Read all pages."""
        found: list[One] = []
        more = True
        while more:
            with self.deps.database.read(self.actor) as connection:
                rows = page(connection, self.actor.division, AT_ONCE, found[-1].number if found else FIRST)
            found += rows
            more = len(rows) == AT_ONCE
        return found

    def note(self, act: Callable[[UnitOfWork], Any]) -> None:
        """Store what came of it at once: the next step may fail."""
        with self.deps.unit_of_work(self.actor) as work:
            act(work)
            work.commit()


def mixed(rows: Sequence[One]) -> Sequence[One]:
    """In another order each time."""
    return random.sample(rows, len(rows))


def not_down(error: Exception) -> Exception | None:
    """What is worth its traceback."""
    return None if isinstance(error, ProviderDown) else error
