# SPDX-License-Identifier: Apache-2.0
"""Back-off of failed sign-ins, per username and per address. The same for names that exist and names that do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FIRST_BLOCK, LONGEST_BLOCK = timedelta(seconds=30), timedelta(minutes=15)
FREE_FAILURES = {"username": 5, "address": 50}  # many people may share one address


@dataclass(frozen=True)
class Attempts:
    """What is remembered of one username or address."""

    failures: int
    window_started_at: datetime
    blocked_until: datetime | None = None

    def is_blocked(self, now: datetime) -> bool:
        """Whether the next attempt is refused unseen."""
        return self.blocked_until is not None and now < self.blocked_until


def count(kind: str, before: Attempts | None, now: datetime) -> Attempts:
    """Count one attempt as failed, in advance: parallel guesses must not slip past a counter that moves later.

    A success takes it back. From the free failures on, each further one blocks twice as long as the one before.
    """
    if before is None or now - (before.blocked_until or before.window_started_at) > WINDOW:
        return Attempts(1, now)
    failures = before.failures + 1
    over = failures - FREE_FAILURES[kind]
    if over < 0:
        return replace(before, failures=failures)
    pause = min(FIRST_BLOCK * 2 ** min(over, 10), LONGEST_BLOCK)
    return Attempts(failures, before.window_started_at, now + pause)
