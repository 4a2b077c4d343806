# SPDX-License-Identifier: Apache-2.0
"""The waiting list: what somebody waits for, which time answers it, and how the waiting ends.

First come, first served; one entry gets one offer. Who lets it lapse or declines it may join again, at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.errors import AppError

from venue.domain.booking import judging
from venue.domain.booking.availability import Held
from venue.domain.booking.judging import judge
from venue.domain.booking.offer import Offer, Terms
from venue.domain.opening import hours
from venue.domain.waiting import waiting_refusals

MOST_AT_ONCE = 10  # entries of one person; a list that everybody is on serves nobody
LONGEST_WISH = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """``minutes`` of a room, anywhere between ``starts_at`` and ``ends_at``."""

    space_id: UUID
    starts_at: datetime
    ends_at: datetime
    minutes: int
    party_size: int | None = None

    @property
    def length(self) -> timedelta:
        """How long the room is wanted."""
        return timedelta(minutes=self.minutes)

    @property
    def last_start(self) -> datetime:
        """The latest start that still leaves the length wanted."""
        return self.ends_at - self.length


@dataclass(frozen=True)
class Entry:
    """Somebody's place in the list."""

    entry_id: UUID
    version: int
    state: str
    venue_id: UUID
    person_id: UUID
    channel: str
    on_behalf_reason: str | None
    wish: Wish
    created_at: datetime
    offered_at: datetime | None = None
    offer_booking_id: UUID | None = None
    offer_expires_at: datetime | None = None
    refused_code: str | None = None
    ended_at: datetime | None = None


def starts_of(wish: Wish) -> list[datetime]:
    """Return every start the wish leaves open, earliest first."""
    count = (wish.last_start - wish.starts_at) // hours.GRAIN + 1
    return [wish.starts_at + number * hours.GRAIN for number in range(count)]


def granted_starts(offer: Offer, wish: Wish, now: datetime, *, at_counter: bool) -> dict[datetime, Terms]:
    """Return the starts that every rule admits, with their terms, whoever holds the room then."""
    granted = {}
    for start in starts_of(wish):
        judged = judge(offer, _asked(wish, start, at_counter), now)
        if not judged.failures and judged.terms is not None:
            granted[start] = judged.terms
    return granted


def without_asking(granted: Mapping[datetime, Terms]) -> dict[datetime, Terms]:
    """Return those of the granted starts that staff need not decide on: the only ones that can be kept for somebody."""
    return {start: terms for start, terms in granted.items() if not terms.needs_approval}


def refusal(offer: Offer, wish: Wish, now: datetime, *, at_counter: bool) -> AppError:
    """Say which rule refuses a wish of which no start is granted: that of the latest start."""
    return judge(offer, _asked(wish, wish.last_start, at_counter), now).failures[0]


def is_free(offer: Offer, start: datetime, length: timedelta, held: Iterable[Held]) -> bool:
    """Tell whether nothing is in the way, setting up and cleaning included."""
    first, last = start - offer.setup, start + length + offer.cleanup
    return not any(one.starts_at < last and first < one.ends_at for one in held)


def _asked(wish: Wish, start: datetime, at_counter: bool) -> judging.Wish:
    return judging.Wish(start, start + wish.length, wish.party_size, at_counter=at_counter)


def expect_sensible(wish: Wish, now: datetime) -> None:
    """Refuse a wish that no day can fulfil, before anything is looked up."""
    if wish.last_start < wish.starts_at or wish.ends_at - wish.starts_at > LONGEST_WISH:
        raise waiting_refusals.wish_does_not_fit()
    if wish.last_start <= now:
        raise waiting_refusals.wish_is_past()


def offer_expires_at(now: datetime, offer_minutes: int, starts_at: datetime) -> datetime:
    """Return until when an offer is kept: the venue's minutes, but never past the start."""
    return min(now + timedelta(minutes=offer_minutes), starts_at)


def offered(entry: Entry, booking_id: UUID, now: datetime, expires_at: datetime) -> Entry:
    """Give the entry its one offer."""
    return replace(
        entry,
        version=entry.version + 1,
        state="offered",
        offered_at=now,
        offer_booking_id=booking_id,
        offer_expires_at=expires_at,
        refused_code=None,
    )


def passed_over(entry: Entry, code: str) -> Entry:
    """Note which rule kept the entry from being offered what had become free; it keeps its place."""
    return replace(entry, version=entry.version + 1, refused_code=code)


def ended(entry: Entry, how: str, now: datetime) -> Entry:
    """End the waiting: ``accepted``, ``lapsed`` or ``left``."""
    return replace(entry, version=entry.version + 1, state=how, ended_at=now)


def leave(entry: Entry, now: datetime) -> Entry:
    """Leave the list. An open offer is declined instead, so that the room goes to the next in line."""
    if entry.state == "offered":
        raise waiting_refusals.offer_is_open()
    if entry.state != "waiting":
        raise waiting_refusals.not_waiting_any_more(entry.state)
    return ended(entry, "left", now)
