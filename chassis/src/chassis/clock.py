# SPDX-License-Identifier: Apache-2.0
"""The domain clock: what time it is for the rules. Token expiry never uses it, and no rule asks the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the domain's present instant. Callers may not assume it equals the machine's clock."""

    def now(self) -> datetime:
        """Return an aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's clock, moved by a constant, ticking offset (local machines and tests only).

    The offset is chosen once by whoever starts the processes and handed to all of them, so they agree.
    """

    def __init__(self, offset_seconds: float = 0) -> None:
        self._offset = timedelta(seconds=offset_seconds)

    def now(self) -> datetime:
        """Return the shifted instant in UTC."""
        return datetime.now(UTC) + self._offset


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a domain instant carries its zone")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to another instant."""
        self.__init__(at)

    def advance(self, **delta: float) -> None:
        """Move forward by a ``timedelta(**delta)``."""
        self._at += timedelta(**delta)
