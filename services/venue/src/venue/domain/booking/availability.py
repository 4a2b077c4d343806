# SPDX-License-Identifier: Apache-2.0
"""Free and busy: a room's day as unbroken intervals, and what to offer when a wish is taken."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from venue.domain.booking.offer import Offer, price_on
from venue.domain.opening import hours
from venue.domain.opening.hours import Span

FREE, BUSY, CLOSED, PAST, RESERVED = "free", "busy", "closed", "past", "reserved"


@dataclass(frozen=True)
class Held:
    """A time an atom is held; ``mine`` where the one who asks holds it. A booking has no words, others say theirs."""

    starts_at: datetime
    ends_at: datetime
    mine: bool = False
    kind: str = "booking"
    label: tuple[str, str] | None = None


@dataclass(frozen=True)
class Interval:
    """An unbroken stretch of a day in one state. ``regime`` is None where closed."""

    starts_at: datetime
    ends_at: datetime
    state: str
    regime: str | None
    mine: bool = False
    kind: str | None = None
    label: tuple[str, str] | None = None


def widened(times: Sequence[Held], offer: Offer) -> Sequence[Held]:
    """Add what a room's own setup and cleanup keep it from being used before and after each held time."""
    if not (offer.setup_minutes or offer.cleanup_minutes):
        return times
    return [*times, *(Held(one.starts_at - offer.cleanup, one.ends_at + offer.setup) for one in times)]


def reserved_regimes(day: date, spans: Iterable[Span], offer: Offer, *, at_counter: bool) -> set[str]:
    """Return the regimes of a day that one cannot book by oneself: not for booking, for others, or without a price.

    The counter books for groups and officials too.
    """

    def is_ours(regime: str) -> bool:
        nature = offer.nature(regime)
        return nature.is_bookable and nature.is_for(for_group=at_counter, at_counter=at_counter, by_resident=True)

    codes = {span.regime for span in spans}
    return {code for code in codes if not is_ours(code) or price_on(day, code, offer.prices) is None}


def day_intervals(
    day: date,
    spans: Sequence[Span],
    held: Iterable[Held],
    *,
    zone: ZoneInfo,
    now: datetime,
    reserved: Collection[str] = (),
) -> list[Interval]:
    """Return a local day in order, without holes from its first span to its last.

    Gaps between spans are closed; a day without a span is one closed interval. Free time counts as past up to
    the next half hour that can still be booked; held time stays busy, and stays the caller's own. What nobody holds
    of the ``reserved`` regimes is neither free nor busy.
    """
    if not spans:
        midnight = hours.instant(day, 0, zone)
        return [Interval(midnight, hours.instant(day, 1440, zone), CLOSED, None)]
    times = [one for one in held if one.starts_at < spans[-1].ends_at and spans[0].starts_at < one.ends_at]
    bookable_from = hours.next_grain(now, zone)
    intervals: list[Interval] = []
    for span in spans:
        if intervals and intervals[-1].ends_at < span.starts_at:
            intervals.append(Interval(intervals[-1].ends_at, span.starts_at, CLOSED, None))
        intervals.extend(_span_intervals(span, times, bookable_from, RESERVED if span.regime in reserved else FREE))
    return intervals


def _span_intervals(span: Span, times: Sequence[Held], bookable_from: datetime, unheld: str) -> list[Interval]:
    inside = [one for one in times if one.starts_at < span.ends_at and span.starts_at < one.ends_at]
    edges = {span.starts_at, span.ends_at, min(max(bookable_from, span.starts_at), span.ends_at)}
    for one in inside:
        edges.update((max(one.starts_at, span.starts_at), min(one.ends_at, span.ends_at)))
    cuts = sorted(edges)
    holders = _holders(cuts, inside)
    merged: list[Interval] = []
    for start, end in pairwise(cuts):
        told = holders.get(start, _NOBODY)
        state = BUSY if start in holders else PAST if end <= bookable_from else unheld
        last = merged[-1] if merged else None
        if last and (last.state, last.mine, last.kind, last.label) == (state, *told):
            start = merged.pop().starts_at
        merged.append(Interval(start, end, state, span.regime, *told))
    return merged


_NOBODY: tuple[bool, str | None, tuple[str, str] | None] = (False, None, None)


def _holders(cuts: Sequence[datetime], inside: Iterable[Held]) -> dict[datetime, tuple[Any, ...]]:
    """Tell for the start of each held piece whether the caller is among its holders, and what is said of it.

    Where a booking and a closure or session meet (in several rooms as one), what has words says them.
    """
    holders: dict[datetime, tuple[Any, ...]] = {}
    for one in inside:
        for start in cuts[bisect_left(cuts, one.starts_at) : bisect_left(cuts, one.ends_at)]:
            mine, kind, label = holders.get(start, _NOBODY)
            if label is None:
                kind, label = one.kind, one.label
            holders[start] = (mine or one.mine, kind, label)
    return holders
