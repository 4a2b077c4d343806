# SPDX-License-Identifier: Apache-2.0
"""A booking: what may be asked for, what it costs, and what may happen to it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from venue.domain import hours, refusals
from venue.domain.hours import HoursCalendar, Span, WeeklyRule

CHECK_IN_OPENS = timedelta(minutes=30)


@dataclass(frozen=True)
class Price:
    """One version of what a room costs in a regime, from a local date on."""

    regime: str
    version: int
    valid_from: date
    fen_per_hour: int


@dataclass(frozen=True)
class Offer:
    """What the rules must know about a room to judge a request for it."""

    capacity: int
    zone: ZoneInfo
    longest_minutes: int
    horizon_days: int
    rules: HoursCalendar | Sequence[WeeklyRule]
    prices: Sequence[Price]


@dataclass(frozen=True)
class Terms:
    """The frozen conditions of an accepted request."""

    regime: str
    price_version: int
    price_fen_per_hour: int
    price_fen: int
    local_start: datetime
    local_end: datetime


@dataclass(frozen=True)
class Settlement:
    """Money taken for a booking, with the moment it was reversed (None while it stands)."""

    settlement_id: UUID
    attempt: int
    receipt_no: int
    amount_fen: int
    method: str
    settled_at: datetime
    reversal_id: UUID | None = None
    reversed_at: datetime | None = None


@dataclass(frozen=True)
class Booking:
    """A booking as it is now. ``settlement`` is the latest one, standing or reversed."""

    booking_id: UUID
    version: int
    state: str
    venue_id: UUID
    space_id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    tz: str
    regime: str
    price_fen: int
    settlement: Settlement | None = None
    cancelled_at: datetime | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None


def price_on(day: date, regime: str, prices: Sequence[Price]) -> Price:
    """Return the newest version valid on a local day. Every room has a price in every regime, be it 0."""
    valid = [price for price in prices if price.regime == regime and price.valid_from <= day]
    return max(valid, key=lambda price: price.version)


def price_fen(fen_per_hour: int, starts_at: datetime, ends_at: datetime) -> int:
    """Return the exact price in fen; the grain and even hourly prices leave no remainder."""
    minutes = (ends_at - starts_at) // timedelta(minutes=1)
    return fen_per_hour * minutes // 60


def agree(offer: Offer, starts_at: datetime, ends_at: datetime, *, party_size: int | None, now: datetime) -> Terms:
    """Judge a request and freeze its terms. Raises Unprocessable with the first rule that refuses it."""
    zone = offer.zone
    if ends_at <= starts_at:
        raise refusals.ends_not_after_start()
    if not (hours.is_on_grain(starts_at, zone) and hours.is_on_grain(ends_at, zone)):
        raise refusals.not_on_grain()
    if starts_at < now:
        raise refusals.in_the_past()
    if hours.local_date(starts_at, zone) > hours.local_date(now, zone) + timedelta(days=offer.horizon_days):
        raise refusals.too_far_ahead(offer.horizon_days)
    if ends_at - starts_at > timedelta(minutes=offer.longest_minutes):
        raise refusals.too_long(offer.longest_minutes)
    span = _span_for(offer, starts_at, ends_at)
    if party_size is not None and party_size > offer.capacity:
        raise refusals.too_many_people(offer.capacity)
    price = price_on(hours.local_date(starts_at, zone), span.regime, offer.prices)
    return Terms(
        regime=span.regime,
        price_version=price.version,
        price_fen_per_hour=price.fen_per_hour,
        price_fen=price_fen(price.fen_per_hour, starts_at, ends_at),
        local_start=starts_at.astimezone(zone).replace(tzinfo=None),
        local_end=ends_at.astimezone(zone).replace(tzinfo=None),
    )


def _span_for(offer: Offer, starts_at: datetime, ends_at: datetime) -> Span:
    """Find the one span that contains the request; say which rule refuses where there is none."""
    first = hours.local_date(starts_at, offer.zone)
    days = hours.days_from(first, (hours.local_date(ends_at, offer.zone) - first).days + 1)
    spans = hours.joined(span for day in days for span in hours.spans_on(day, offer.rules, offer.zone))
    touched = [span for span in spans if span.starts_at < ends_at and starts_at < span.ends_at]
    for span in touched:
        if span.starts_at <= starts_at and ends_at <= span.ends_at:
            return span
    if not touched or touched[0].starts_at > starts_at or touched[-1].ends_at < ends_at:
        raise refusals.outside_opening()
    for left, right in pairwise(touched):
        if left.ends_at != right.starts_at:
            raise refusals.outside_opening()
    raise refusals.crosses_regime(touched[0].ends_at.astimezone(offer.zone))


def is_cancellable(state: str, starts_at: datetime, now: datetime) -> bool:
    """Tell whether a booking may still be taken back."""
    return state == "confirmed" and now < starts_at


def expect_version(booking: Booking, version: int | None) -> None:
    """Refuse to act on a version the caller has not seen. None: the caller insists on no version."""
    if version is not None and booking.version != version:
        raise refusals.version_changed(booking.version)


def cancel(booking: Booking, now: datetime) -> Booking:
    """Take a booking back until it starts."""
    if booking.state != "confirmed":
        raise refusals.wrong_state(booking.state)
    if now >= booking.starts_at:
        raise refusals.already_started()
    return replace(booking, version=booking.version + 1, state="cancelled", cancelled_at=now)


def check_in(booking: Booking, now: datetime) -> Booking:
    """Note that the guests came: from 30 minutes before the start until the end."""
    if booking.state != "confirmed":
        raise refusals.wrong_state(booking.state)
    opens_at = booking.starts_at - CHECK_IN_OPENS
    if now < opens_at:
        raise refusals.too_early_to_check_in(opens_at)
    if now >= booking.ends_at:
        raise refusals.too_late_to_check_in()
    return replace(booking, version=booking.version + 1, state="checked_in", checked_in_at=now)


def check_out(booking: Booking, now: datetime) -> Booking:
    """Note that the guests left. The room stays held until the booked end."""
    if booking.state != "checked_in":
        raise refusals.wrong_state(booking.state)
    return replace(booking, version=booking.version + 1, state="checked_out", checked_out_at=now)


def may_settle(booking: Booking, amount_fen: int) -> None:
    """Judge taking money: after check-in, once, and exactly the frozen price."""
    if booking.state not in ("checked_in", "checked_out"):
        raise refusals.wrong_state(booking.state)
    if booking.price_fen == 0:
        raise refusals.nothing_to_settle()
    if booking.settlement is not None and booking.settlement.reversed_at is None:
        raise refusals.already_settled(booking.settlement.receipt_no)
    if amount_fen != booking.price_fen:
        raise refusals.amount_differs(booking.price_fen)


def standing_settlement(booking: Booking) -> Settlement:
    """Return the settlement that a reversal would undo."""
    if booking.settlement is None or booking.settlement.reversed_at is not None:
        raise refusals.not_settled()
    return booking.settlement
