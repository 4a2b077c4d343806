# SPDX-License-Identifier: Apache-2.0
"""Whether a room may be had as somebody wishes: every rule that refuses, and the terms where they can be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from chassis.errors import AppError

from venue.domain import refusals
from venue.domain.booking.offer import Offer, Part, Terms, price_fen, price_on
from venue.domain.opening import hours
from venue.domain.opening.hours import Span
from venue.domain.presence.marks_refusals import paused_after_no_shows

LONGEST_LOOK = timedelta(days=2)  # no venue admits longer bookings; longer wishes are not looked at day by day


@dataclass(frozen=True)
class Wish:
    """A time asked for. ``split``: two regimes with their two prices are agreed to."""

    starts_at: datetime
    ends_at: datetime
    party_size: int | None = None
    split: bool = False
    at_counter: bool = False
    for_group: bool = False


@dataclass(frozen=True)
class Judgement:
    """Every rule that refuses, in the order in which people should hear them. No terms: the time has no price."""

    failures: Sequence[AppError]
    terms: Terms | None


def judge(offer: Offer, wish: Wish, now: datetime) -> Judgement:
    """Judge a wish by every rule that needs no look at other bookings."""
    written, wish = wish, replace(wish, starts_at=wish.starts_at.astimezone(UTC), ends_at=wish.ends_at.astimezone(UTC))
    failures = list(_by_the_clock(offer, wish, now, written))
    terms = None
    length = wish.ends_at - wish.starts_at
    if timedelta(0) < length <= LONGEST_LOOK:
        parts, refused = _parts(offer, wish)
        failures += refused
        terms = _terms(offer, wish, parts) if parts else None
    if wish.party_size is not None and wish.party_size > offer.capacity:
        failures.append(refusals.too_many_people(offer.capacity))
    return Judgement(failures, terms)


def agree(
    offer: Offer,
    starts_at: datetime,
    ends_at: datetime,
    *,
    party_size: int | None = None,
    now: datetime,
    split: bool = False,
    at_counter: bool = False,
    for_group: bool = False,
) -> Terms:
    """Judge a request and freeze its terms. Raises Unprocessable with the first rule that refuses it."""
    return granted(judge(offer, Wish(starts_at, ends_at, party_size, split, at_counter, for_group), now))


def granted(judgement: Judgement) -> Terms:
    """Return the terms of a judgement without failures; raise the first failure otherwise."""
    if judgement.failures:
        raise judgement.failures[0]
    assert judgement.terms is not None  # what has no price has a failure
    return judgement.terms


def _by_the_clock(offer: Offer, wish: Wish, now: datetime, written: Wish) -> Iterator[AppError]:
    zone, starts_at, ends_at = offer.zone, wish.starts_at, wish.ends_at
    if ends_at <= starts_at:
        yield refusals.ends_not_after_start()
    if not (hours.is_on_the_clock(written.starts_at, zone) and hours.is_on_the_clock(written.ends_at, zone)):
        yield refusals.no_such_local_time()
    if not (hours.is_on_grain(starts_at, zone) and hours.is_on_grain(ends_at, zone)):
        yield refusals.not_on_grain()
    if starts_at < now:
        yield refusals.in_the_past()
    elif starts_at < now + timedelta(minutes=offer.lead_minutes) and not wish.at_counter:
        yield refusals.too_soon(offer.lead_minutes)
    if hours.local_date(starts_at, zone) > hours.local_date(now, zone) + timedelta(days=offer.horizon_days):
        yield refusals.too_far_ahead(offer.horizon_days)
    if ends_at - starts_at > timedelta(minutes=offer.longest_minutes):
        yield refusals.too_long(offer.longest_minutes)
    if _is_paused(offer, wish, now):
        yield paused_after_no_shows(offer.paused_until.astimezone(zone))


def _is_paused(offer: Offer, wish: Wish, now: datetime) -> bool:
    """Tell whether marks keep the person to the same day. The counter books for anybody as before."""
    if offer.paused_until is None or offer.paused_until <= now or wish.at_counter:
        return False
    return hours.local_date(wish.starts_at, offer.zone) > hours.local_date(now, offer.zone)


def _parts(offer: Offer, wish: Wish) -> tuple[list[Part], list[AppError]]:
    """Cut the wish where regimes change and price each part; say which rule refuses instead."""
    spans = _touched(offer, wish.starts_at, wish.ends_at)
    if not _covered(spans, wish.starts_at, wish.ends_at):
        return [], [refusals.outside_opening()]
    parts = [_priced(offer, span) for span in spans]
    natures = [offer.nature(span.regime) for span in spans]
    if any(part is None for part in parts) or not all(one.is_bookable for one in natures):
        return [], [refusals.not_for_booking()]
    priced = [part for part in parts if part is not None]
    failures: list[AppError] = []
    if len(priced) > 1 and not wish.split:
        failures.append(refusals.crosses_regime(priced[0].ends_at, priced, offer.zone))
    for one in natures:
        if not one.is_for(for_group=wish.for_group, at_counter=wish.at_counter, by_resident=offer.to_resident):
            failures.append(refusals.not_for_this_audience(one.audience))
            break
    return priced, failures


def _touched(offer: Offer, starts_at: datetime, ends_at: datetime) -> list[Span]:
    """Return the spans the time touches, over midnight too, cut to it."""
    first = hours.local_date(starts_at, offer.zone)
    days = hours.days_from(first, (hours.local_date(ends_at, offer.zone) - first).days + 1)
    spans = hours.joined(span for day in days for span in offer.spans_on(day))
    return [
        Span(max(span.starts_at, starts_at), min(span.ends_at, ends_at), span.regime)
        for span in spans
        if span.starts_at < ends_at and starts_at < span.ends_at
    ]


def _covered(spans: Sequence[Span], starts_at: datetime, ends_at: datetime) -> bool:
    return (
        bool(spans)
        and spans[0].starts_at == starts_at
        and spans[-1].ends_at == ends_at
        and all(left.ends_at == right.starts_at for left, right in pairwise(spans))
    )


def _priced(offer: Offer, span: Span) -> Part | None:
    price = price_on(hours.local_date(span.starts_at, offer.zone), span.regime, offer.prices)
    if price is None:
        return None
    fen = price_fen(price.fen_per_hour, span.starts_at, span.ends_at)
    return Part(span.starts_at, span.ends_at, span.regime, price.version, price.fen_per_hour, fen)


def _terms(offer: Offer, wish: Wish, parts: Sequence[Part]) -> Terms:
    approval = offer.needs_approval or any(offer.nature(part.regime).needs_approval for part in parts)
    return Terms(
        parts=tuple(parts),
        local_start=wish.starts_at.astimezone(offer.zone).replace(tzinfo=None),
        local_end=wish.ends_at.astimezone(offer.zone).replace(tzinfo=None),
        needs_approval=approval and not wish.at_counter,  # who approves need not ask
    )
