# SPDX-License-Identifier: Apache-2.0
"""Judgement, free times, busy times and quotas against brute force on a raster of ten minutes.

The oracle knows no span, no interval and no period: it asks each ten minutes by themselves, and counts bookings anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from venue.domain.booking.alternatives import Candidate, free_starts
from venue.domain.booking.availability import (
    BUSY,
    FREE,
    PAST,
    RESERVED,
    Held,
    day_intervals,
    reserved_regimes,
    widened,
)
from venue.domain.booking.booking import Offer, Price, Quota, Wish, judge
from venue.domain.booking.offer import Part
from venue.domain.booking.quotas import Used, exceeds, period_start, uses
from venue.domain.opening import hours
from venue.domain.opening.hours import EARLIEST, HoursCalendar, Nature, WeeklyRule

from ..conftest import CHENGDU, at

MONDAY = at("2026-11-23T00:00")
STEP, DAY = 10, 1440
REGIMES = ("public_benefit", "commercial", "office_hours")
PRICES = {"public_benefit": 0, "commercial": 3000, "office_hours": 600}
HORIZON = 3


@st.composite
def weeks(draw):
    """Rules of four weekdays, none overlapping another."""
    rules = []
    for weekday in (1, 2, 3, 4):
        borders = sorted(draw(st.sets(st.integers(0, 48), max_size=5)))
        for start, end in pairwise(borders):
            regime = draw(st.sampled_from([None, *REGIMES]))
            if regime:
                rules.append(WeeklyRule(regime, weekday, start * 30, end * 30))
    return rules


@st.composite
def natures(draw):
    """Office hours, time at a price, and time that may be for some alone."""
    audience = draw(st.sampled_from(["everyone", "everyone", "residents", "groups", "officials"]))
    commercial = Nature("commercial", audience)
    return {"office_hours": Nature("office_hours"), "commercial": commercial}


@st.composite
def offers(draw):
    return Offer(
        capacity=draw(st.integers(4, 6)),
        zone=CHENGDU,
        longest_minutes=draw(st.sampled_from([60, 240, 540])),
        horizon_days=HORIZON,
        rules=HoursCalendar(weekly=draw(weeks()), natures=draw(natures())),
        prices=[Price(regime, 1, EARLIEST, fen) for regime, fen in PRICES.items()],
        lead_minutes=draw(st.sampled_from([0, 0, 60])),
        setup_minutes=draw(st.sampled_from([0, 0, 10, 30])),
        cleanup_minutes=draw(st.sampled_from([0, 0, 20, 60])),
        to_resident=draw(st.booleans()),
    )


def minute(number: int):
    return MONDAY + timedelta(minutes=number)


def regime_at(offer: Offer, number: int) -> str | None:
    day, within = divmod(number, DAY)
    for rule in offer.rules.weekly:
        if rule.weekday == day + 1 and rule.from_minute <= within < rule.until_minute:
            return rule.regime
    return None


def is_for_anybody(offer: Offer) -> bool:
    audience = offer.nature("commercial").audience
    return offer.to_resident if audience == "residents" else audience == "everyone"


def expected_codes(offer: Offer, start: int, end: int, now: int, party: int, split: bool) -> tuple[set[str], int]:
    codes = set()
    if end <= start:
        codes.add("ends_not_after_start")
    if start % 30 or end % 30:
        codes.add("not_on_grain")
    if start < now:
        codes.add("in_the_past")
    elif start - now < offer.lead_minutes:
        codes.add("too_soon")
    if start // DAY - now // DAY > HORIZON:
        codes.add("too_far_ahead")
    if end - start > offer.longest_minutes:
        codes.add("too_long")
    if party > offer.capacity:
        codes.add("too_many_people")
    fen = 0
    if 0 < end - start <= 2 * DAY:
        touched = [regime_at(offer, number) for number in range(start, end, STEP)]
        if None in touched:
            codes.add("outside_opening")
        elif "office_hours" in touched:
            codes.add("not_for_booking")
        else:
            if len(set(touched)) > 1 and not split:
                codes.add("crosses_regime")
            if "commercial" in touched and not is_for_anybody(offer):
                codes.add("not_for_this_audience")
            fen = sum(PRICES[regime] * STEP for regime in touched) // 60
    return codes, fen


@settings(max_examples=1000, deadline=None)
@given(
    offer=offers(),
    start=st.integers(0, 4 * DAY // STEP).map(lambda steps: steps * STEP),
    length=st.integers(-3, 70).map(lambda steps: steps * STEP) | st.sampled_from([30, 60, 120, 50_000_000]),
    now=st.integers(0, DAY),
    party=st.integers(1, 8),
    split=st.booleans(),
)
def test_a_wish_is_judged_as_the_raster_says(offer, start, length, now, party, split):
    end = start + length

    judged = judge(offer, Wish(minute(start), minute(end), party, split), minute(now))

    codes, fen = expected_codes(offer, start, end, now, party, split)
    assert {one.code for one in judged.failures} == codes
    if judged.terms and not start % 30 and not end % 30:
        assert judged.terms.price_fen == fen
        assert sum((part.ends_at - part.starts_at for part in judged.terms.parts), timedelta()) == timedelta(
            minutes=length
        )


helds = st.lists(
    st.tuples(st.integers(0, 3 * DAY // STEP), st.integers(1, 24)).map(
        lambda one: (one[0] * STEP, (one[0] + one[1]) * STEP)
    ),
    max_size=4,
)


@settings(max_examples=500, deadline=None)
@given(offer=offers(), held=helds, now=st.integers(0, DAY), grains=st.integers(1, 8))
def test_a_time_is_free_exactly_where_nothing_of_it_and_its_buffers_is_held(offer, held, now, grains):
    days = [MONDAY.date(), MONDAY.date() + timedelta(days=1)]
    room = Candidate(uuid4(), offer, 1, [Held(minute(start), minute(end)) for start, end in held])

    found = {
        int((start - MONDAY) / timedelta(minutes=1))
        for start in free_starts(room, timedelta(minutes=30 * grains), days, minute(now))
    }

    expected = set()
    for start in range(0, 2 * DAY, 30):
        end = start + 30 * grains
        regimes = {regime_at(offer, number) for number in range(start, end, STEP)}
        occupied = range(start - offer.setup_minutes, end + offer.cleanup_minutes, STEP)
        free = not any(one <= number < other for number in occupied for one, other in held)
        open_then = len(regimes) == 1 and not regimes & {None, "office_hours"}
        if open_then and free and start >= now + offer.lead_minutes:
            expected.add(start)
    assert found == expected


@settings(max_examples=400, deadline=None)
@given(offer=offers(), held=helds)
def test_a_minute_is_shown_busy_exactly_where_using_it_would_touch_what_is_held(offer, held):
    times = widened([Held(minute(start), minute(end)) for start, end in held], offer)
    day = MONDAY.date()

    intervals = day_intervals(day, offer.spans_on(day), times, zone=CHENGDU, now=MONDAY - timedelta(days=1))

    for number in range(0, DAY, STEP):
        shown = [one.state for one in intervals if one.starts_at <= minute(number) < one.ends_at]
        if regime_at(offer, number) is not None:
            touched = range(number - offer.setup_minutes, number + offer.cleanup_minutes + STEP, STEP)
            busy = any(one <= other < end for other in touched for one, end in held)
            assert (shown == [BUSY]) is busy


@settings(max_examples=400, deadline=None)
@given(offer=offers(), held=helds, now=st.integers(0, DAY // 30).map(lambda grains: grains * 30))
def test_no_half_hour_is_shown_free_that_a_person_is_refused(offer, held, now):
    """Without buffers and notice, so that what is shown and what is judged speak of the same minutes."""
    offer = replace(offer, lead_minutes=0, setup_minutes=0, cleanup_minutes=0, to_resident=True)
    day = MONDAY.date()
    times = [Held(minute(start), minute(end)) for start, end in held]
    spans = offer.spans_on(day)
    reserved = reserved_regimes(day, spans, offer, at_counter=False)

    intervals = day_intervals(day, spans, times, zone=CHENGDU, now=minute(now), reserved=reserved)

    for start in range(0, DAY, 30):
        whole = [one.state for one in intervals if one.starts_at < minute(start + 30) and minute(start) < one.ends_at]
        refused = {one.code for one in judge(offer, Wish(minute(start), minute(start + 30), 1), minute(now)).failures}
        taken = any(one < start + 30 and start < other for one, other in held)
        assert (set(whole) == {FREE}) is (not refused and not taken)
        if refused & {"not_for_booking", "not_for_this_audience"} and not taken:
            assert set(whole) <= {RESERVED, PAST}


@dataclass(frozen=True)
class Made:
    """A live booking of the oracle."""

    day: date
    minutes: dict[str, int]
    subjects: dict[str, UUID]


PEOPLE = [UUID(int=number) for number in range(3)]
HOUSEHOLD = {PEOPLE[0]: UUID(int=100), PEOPLE[1]: UUID(int=100), PEOPLE[2]: PEOPLE[2]}
quotas = st.lists(
    st.builds(
        Quota,
        quota_id=st.uuids(),
        regime=st.sampled_from([None, "public_benefit", "commercial"]),
        subject=st.sampled_from(["person", "household", "community"]),
        period=st.sampled_from(["day", "week", "month", "year"]),
        count_limit=st.none() | st.integers(1, 3),
        minutes_limit=st.none() | st.sampled_from([60, 180]),
        valid_from=st.sampled_from([date(2026, 1, 1), date(2026, 12, 30)]),
        valid_until=st.none() | st.just(date(2027, 1, 4)),
    ),
    max_size=4,
)
acts = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.integers(0, 12),
        st.sampled_from([{"public_benefit": 60}, {"commercial": 90}, {"public_benefit": 30, "commercial": 60}]),
        st.booleans(),
    ),
    max_size=14,
)


def same_period(period: str, one: date, other: date) -> bool:
    told = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m", "year": "%Y"}[period]
    return one.strftime(told) == other.strftime(told)


def refused(quota: Quota, wish: Made, live: list[Made]) -> bool:
    """Count everything anew."""

    def counts(one: Made) -> int:
        if not (quota.valid_from <= one.day and (quota.valid_until is None or one.day < quota.valid_until)):
            return 0
        return sum(minutes for regime, minutes in one.minutes.items() if quota.regime in (None, regime))

    if not counts(wish):
        return False
    mine = [
        one for one in live
        if counts(one) and one.subjects[quota.subject] == wish.subjects[quota.subject]
        and same_period(quota.period, one.day, wish.day)
    ]  # fmt: skip
    too_often = quota.count_limit is not None and len(mine) + 1 > quota.count_limit
    too_long = quota.minutes_limit is not None and sum(map(counts, mine)) + counts(wish) > quota.minutes_limit
    return too_often or too_long


@settings(max_examples=1000, deadline=None)
@given(quotas=quotas, acts=acts)
def test_quotas_decide_as_counting_everything_anew_does(quotas, acts):
    live: list[Made] = []
    counters: dict[tuple, Used] = {}
    for person, offset, minutes, takes_back in acts:
        day = date(2026, 12, 27) + timedelta(days=offset)  # over the turn of a week, a month and a year
        subjects = {"person": person, "household": HOUSEHOLD[person], "community": UUID(int=7)}
        wish = Made(day, minutes, subjects)
        start = hours.instant(day, 600, CHENGDU)
        parts = []
        for regime, length in minutes.items():
            end = start + timedelta(minutes=length)
            parts.append(Part(start, end, regime, 1, 0, 0))
            start = end

        wanted = uses(quotas, day, parts, subjects)
        keys = [(one.quota.quota_id, one.subject_id, one.period_start) for one in wanted]
        over = {one.quota for one, key in zip(wanted, keys, strict=True) if exceeds(one, counters.get(key, Used()))}

        assert over == {quota for quota in quotas if refused(quota, wish, live)}
        if not over and not takes_back:
            live.append(wish)
            for one, key in zip(wanted, keys, strict=True):
                used = counters.get(key, Used())
                counters[key] = Used(used.count + 1, used.minutes + one.minutes)


@given(st.sampled_from(["day", "week", "month", "year"]), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_a_period_begins_on_its_first_day(period, day):
    start = period_start(period, day)

    assert start <= day and same_period(period, start, day)
    assert not same_period(period, start - timedelta(days=1), day)
