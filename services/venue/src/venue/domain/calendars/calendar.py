# SPDX-License-Identifier: Apache-2.0
"""What a calendar feed tells: entries with a stable identity, in the venue's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

PAST, AHEAD = timedelta(days=31), timedelta(days=400)
ENTRIES = 5000
MOST_FEEDS = 100
REFRESHED_EVERY_HOURS = 1

STATUS = {
    "requested": "TENTATIVE",
    "held": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "checked_in": "CONFIRMED",
    "checked_out": "CONFIRMED",
    "no_show": "CONFIRMED",
    "cancelled": "CANCELLED",
    "declined": "CANCELLED",
    "lapsed": "CANCELLED",
    "planned": "CONFIRMED",
    "unplaced": "TENTATIVE",
    "missed": "CONFIRMED",
}


@dataclass(frozen=True)
class Feed:
    """Whose calendar it is and in which language it speaks; ``label`` is for its owner and never stands in it."""

    feed_id: UUID
    kind: str
    language: str
    person_id: UUID | None = None
    space_id: UUID | None = None
    venue_id: UUID | None = None
    label: str | None = None


@dataclass(frozen=True)
class CalendarEntry:
    """One thing in a calendar; ``version`` and ``changed_at`` tell a reader which of two copies is newer."""

    kind: str  # booking | session | closure
    entry_id: UUID
    version: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    tz: str
    status: str
    title: str
    place: str
    details: str = ""

    @property
    def uid(self) -> str:
        """The same for the whole life of the thing, whatever changes about it."""
        return f"{self.kind}-{self.entry_id}@linli"


@dataclass(frozen=True)
class Calendar:
    """A whole feed, ready to be written."""

    feed_id: UUID
    name: str
    language: str
    entries: tuple[CalendarEntry, ...]
    zones_from: date
    zones_until: date


def window(now: datetime) -> tuple[datetime, datetime]:
    """From when until when a feed tells."""
    return now - PAST, now + AHEAD


def zone_years(now: datetime) -> tuple[date, date]:
    """Which years a feed's time zones describe; whole ones, so that a feed does not change every day."""
    return date(now.year - 1, 1, 1), date(now.year + 2, 12, 31)
