# SPDX-License-Identifier: Apache-2.0
"""What to offer somebody whose wish is refused: the same time elsewhere, or the same room at another time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from venue.domain.booking.availability import Held
from venue.domain.booking.offer import Offer, price_on
from venue.domain.opening import hours

MOST = 3
DAYS = 3  # the wished day and the two after it
MARGIN = timedelta(hours=8)  # setup and cleanup of both neighbours, at their longest


@dataclass(frozen=True)
class Candidate:
    """A room that might serve, with what is held of it around the days looked at."""

    space_id: UUID
    offer: Offer
    atoms: int
    held: Sequence[Held]


@dataclass(frozen=True)
class Alternative:
    """A room and time that is free now. It is not held."""

    space_id: UUID
    starts_at: datetime
    ends_at: datetime


Admits = Callable[[Offer, datetime, datetime], bool]


def anybody(_offer: Offer, _starts_at: datetime, _ends_at: datetime) -> bool:
    """Admit every time: nothing is known of who asks."""
    return True


def days_to_look_at(offer: Offer, starts_at: datetime, now: datetime) -> Sequence[date]:
    """Return the local days among which alternatives are sought: near the wish, and open for booking."""
    today = hours.local_date(now, offer.zone)
    last = today + timedelta(days=offer.horizon_days)
    first = min(max(hours.local_date(starts_at, offer.zone), today), last)
    return [day for day in hours.days_from(first, DAYS) if day <= last]


def suggest(
    wished: UUID,
    starts_at: datetime,
    ends_at: datetime,
    candidates: Mapping[UUID, Candidate],
    *,
    days: Sequence[date],
    now: datetime,
    party_size: int | None = None,
    regime: str | None = None,
    admits: Admits = anybody,
) -> list[Alternative]:
    """Return up to three alternatives of the same length (or the longest there may be), each inside one regime.

    What ``admits`` says no to (a quota or a pause of who asks) is not offered: it would be refused again.
    One other room at the wished time first, then the day's nearest times in the wished room, then further rooms, then
    the days after, then other rooms at other times.
    A composite room is offered in place of a single one only when its size is asked for.
    """
    room = candidates[wished]
    length = min(ends_at - starts_at, timedelta(minutes=room.offer.longest_minutes)) // hours.GRAIN * hours.GRAIN
    if length <= timedelta(0):
        return []
    same_day, later = _same_room(room, starts_at, length, days, now, regime, party_size, admits)
    elsewhere: list[Alternative] = []
    nearby: list[Alternative] = []
    for one in _others(room, candidates, party_size):
        free = free_starts(one, length, days[:1], now, regime)
        starts = [start for start in free if admits(one.offer, start, start + length)]
        if starts:
            nearest = min(starts, key=lambda start: (abs(start - starts_at), start))
            found = elsewhere if nearest == starts_at else nearby
            found.append(Alternative(one.space_id, nearest, nearest + length))
    in_order = elsewhere[:1] + same_day[: MOST - 1] + elsewhere[1:] + same_day[MOST - 1 :] + later + nearby
    return in_order[:MOST]


def _same_room(
    room: Candidate,
    starts_at: datetime,
    length: timedelta,
    days: Sequence[date],
    now: datetime,
    regime: str | None,
    party_size: int | None,
    admits: Admits,
) -> tuple[list[Alternative], list[Alternative]]:
    """Return the wished room's free times, nearest first: those of the first day, and those after it."""
    if party_size is not None and party_size > room.offer.capacity:
        return [], []
    starts = sorted(free_starts(room, length, days, now, regime), key=lambda one: (abs(one - starts_at), one))
    times: tuple[list[Alternative], list[Alternative]] = [], []
    for start in (one for one in starts if admits(room.offer, one, one + length)):
        is_later = hours.local_date(start, room.offer.zone) > days[0]
        times[is_later].append(Alternative(room.space_id, start, start + length))
    return times


def free_starts(
    room: Candidate, length: timedelta, days: Sequence[date], now: datetime, regime: str | None = None
) -> Iterator[datetime]:
    """Yield the starts at which the room can be had for ``length``, its setup and cleanup included."""
    offer = room.offer
    earliest = hours.next_grain(now + timedelta(minutes=offer.lead_minutes), offer.zone)
    reach = [*days, days[-1] + timedelta(days=1)]  # what begins on the last day may end on the next
    for span in hours.joined(span for day in reach for span in offer.spans_on(day)):
        if not _bookable(offer, span, regime):
            continue
        start = max(hours.next_grain(span.starts_at, offer.zone), earliest)
        while start + length <= span.ends_at and hours.local_date(start, offer.zone) <= days[-1]:
            if not any(
                one.starts_at < start + length + offer.cleanup and start - offer.setup < one.ends_at
                for one in room.held
            ):
                yield start
            start += hours.GRAIN


def _bookable(offer: Offer, span: hours.Span, regime: str | None) -> bool:
    if (regime is not None and span.regime != regime) or not offer.nature(span.regime).is_bookable:
        return False
    return price_on(hours.local_date(span.starts_at, offer.zone), span.regime, offer.prices) is not None


def _others(room: Candidate, candidates: Mapping[UUID, Candidate], party_size: int | None) -> list[Candidate]:
    size = room.offer.capacity
    others = [
        one
        for one in candidates.values()
        if one.space_id != room.space_id
        and one.offer.capacity >= (party_size or 1)
        and (one.atoms <= room.atoms or (party_size is not None and party_size > size))
    ]
    # Closest in size first: who asked for twelve seats is served worse by six than by sixteen.
    others.sort(key=lambda one: (one.offer.capacity < size, abs(one.offer.capacity - size)))
    return others
