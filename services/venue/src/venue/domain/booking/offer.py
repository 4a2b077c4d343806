# SPDX-License-Identifier: Apache-2.0
"""What a room offers: its limits, hours and prices, and the terms a wish is granted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from venue.domain.opening import hours
from venue.domain.opening.hours import OPEN_TO_ALL, HoursCalendar, Nature, Span, WeeklyRule


@dataclass(frozen=True)
class Price:
    """One version of what a room costs in a regime, from a local date on."""

    regime: str
    version: int
    valid_from: date
    fen_per_hour: int


@dataclass(frozen=True)
class Quota:
    """How much one subject may book in a period; no regime: in all of them together."""

    quota_id: UUID
    regime: str | None
    subject: str
    period: str
    count_limit: int | None
    minutes_limit: int | None
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True)
class Offer:
    """What the rules must know about a room to judge a request for it.

    Setup and cleanup hold the room before and after the time that is asked for.
    """

    capacity: int
    zone: ZoneInfo
    longest_minutes: int
    horizon_days: int
    rules: HoursCalendar | Sequence[WeeklyRule]
    prices: Sequence[Price]
    lead_minutes: int = 0
    setup_minutes: int = 0
    cleanup_minutes: int = 0
    needs_approval: bool = False
    quotas: Sequence[Quota] = ()
    hold_minutes: int = 5
    late_cancel_minutes: int = 0
    paused_until: datetime | None = None  # of the person it is offered to
    to_resident: bool = False  # that person lives in a household of the community

    @property
    def setup(self) -> timedelta:
        """How long before its start a booking holds the room."""
        return timedelta(minutes=self.setup_minutes)

    @property
    def cleanup(self) -> timedelta:
        """How long after its end a booking holds the room."""
        return timedelta(minutes=self.cleanup_minutes)

    def spans_on(self, day: date) -> list[Span]:
        """Return the regime spans of a local day in order."""
        return hours.spans_on(day, self.rules, self.zone)

    def nature(self, regime: str) -> Nature:
        """Return what a regime demands of a booking in it."""
        return self.rules.nature(regime) if isinstance(self.rules, HoursCalendar) else OPEN_TO_ALL


@dataclass(frozen=True)
class Part:
    """A stretch of a booking in one regime, with its price."""

    starts_at: datetime
    ends_at: datetime
    regime: str
    price_version: int
    price_fen_per_hour: int
    price_fen: int


@dataclass(frozen=True)
class Terms:
    """The frozen conditions of a request. Regime and hourly price are those of the first part."""

    parts: tuple[Part, ...]
    local_start: datetime
    local_end: datetime
    needs_approval: bool = False

    @property
    def regime(self) -> str:
        """The regime in which the booking starts."""
        return self.parts[0].regime

    @property
    def price_version(self) -> int:
        """The version of the first part's price."""
        return self.parts[0].price_version

    @property
    def price_fen_per_hour(self) -> int:
        """The first part's price an hour."""
        return self.parts[0].price_fen_per_hour

    @property
    def price_fen(self) -> int:
        """What all parts cost together."""
        return sum(part.price_fen for part in self.parts)

    @property
    def is_split(self) -> bool:
        """Tell whether several regimes are touched."""
        return len(self.parts) > 1


def price_on(day: date, regime: str, prices: Sequence[Price]) -> Price | None:
    """Return the newest version valid on a local day; None where the room cannot be had in that regime."""
    valid = [price for price in prices if price.regime == regime and price.valid_from <= day]
    return max(valid, key=lambda price: price.version, default=None)


def price_fen(fen_per_hour: int, starts_at: datetime, ends_at: datetime) -> int:
    """Return the exact price in fen; the grain and even hourly prices leave no remainder."""
    minutes = (ends_at - starts_at) // timedelta(minutes=1)
    return fen_per_hour * minutes // 60
