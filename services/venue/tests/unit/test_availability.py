# SPDX-License-Identifier: Apache-2.0
"""A room's day against a brute-force oracle, half hour by half hour."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from venue.domain.booking.availability import BUSY, CLOSED, FREE, PAST, Held, day_intervals
from venue.domain.opening import hours
from venue.domain.opening.hours import WeeklyRule, spans_on

from ..conftest import CHENGDU, at

THURSDAY = date(2026, 11, 26)
RULES = [WeeklyRule("public_benefit", 4, 540, 1080), WeeklyRule("commercial", 4, 1080, 1320)]
MONDAY_MORNING = at("2026-11-23T10:00")
CELLS = 48


def shown(held=(), now=MONDAY_MORNING, rules=RULES):
    intervals = day_intervals(THURSDAY, spans_on(THURSDAY, rules, CHENGDU), held, zone=CHENGDU, now=now)
    return [
        (one.starts_at.astimezone(CHENGDU).strftime("%H:%M"), one.ends_at.astimezone(CHENGDU).strftime("%H:%M"),
         one.state, one.regime, one.mine)
        for one in intervals
    ]  # fmt: skip


def test_an_empty_day_is_free_in_each_regime():
    assert shown() == [
        ("09:00", "18:00", FREE, "public_benefit", False),
        ("18:00", "22:00", FREE, "commercial", False),
    ]


def test_what_is_held_is_busy_and_the_callers_own_is_marked():
    held = [Held(at("2026-11-26T19:00"), at("2026-11-26T21:00"), mine=True)]

    assert shown(held)[1:] == [
        ("18:00", "19:00", FREE, "commercial", False),
        ("19:00", "21:00", BUSY, "commercial", True),
        ("21:00", "22:00", FREE, "commercial", False),
    ]


def test_free_time_is_past_until_the_next_half_hour():
    assert shown(now=at("2026-11-26T18:10"))[1:] == [
        ("18:00", "18:30", PAST, "commercial", False),
        ("18:30", "22:00", FREE, "commercial", False),
    ]


def test_a_gap_between_spans_is_closed_and_a_day_without_spans_is_closed_whole():
    rules = [WeeklyRule("public_benefit", 4, 540, 720), WeeklyRule("commercial", 4, 1080, 1320)]

    assert shown(rules=rules)[1] == ("12:00", "18:00", CLOSED, None, False)
    assert shown(rules=[]) == [("00:00", "00:00", CLOSED, None, False)]


@st.composite
def weekdays_rules(draw):
    """Non-overlapping rules of one day."""
    edges = draw(st.lists(st.integers(0, CELLS), unique=True, max_size=8).map(sorted))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    codes = draw(st.lists(st.sampled_from(["public_benefit", "commercial"]), min_size=len(pairs), max_size=len(pairs)))
    return [WeeklyRule(code, 4, start * 30, end * 30) for code, (start, end) in zip(codes, pairs, strict=True)]


helds = st.lists(
    st.tuples(st.integers(-4, CELLS), st.integers(1, 12), st.booleans()).map(
        lambda one: Held(
            hours.instant(THURSDAY, 0, CHENGDU) + one[0] * hours.GRAIN,
            hours.instant(THURSDAY, 0, CHENGDU) + (one[0] + one[1]) * hours.GRAIN,
            one[2],
        )
    ),
    max_size=8,
)


def oracle(cell: int, rules, held, now):
    """State of one half hour, found by looking at everything."""
    start = hours.instant(THURSDAY, cell * 30, CHENGDU)
    regime = next((one.regime for one in rules if one.from_minute <= cell * 30 < one.until_minute), None)
    holders = [one for one in held if one.starts_at <= start < one.ends_at]
    if regime is None:
        return CLOSED, None, False
    if holders:
        return BUSY, regime, any(one.mine for one in holders)
    return (PAST if start < now else FREE), regime, False


@settings(max_examples=400, deadline=None)
@given(rules=weekdays_rules(), held=helds, minutes=st.integers(-60, 1500))
def test_every_half_hour_is_what_the_oracle_says(rules, held, minutes):
    now = hours.instant(THURSDAY, 0, CHENGDU) + timedelta(minutes=minutes)

    intervals = day_intervals(THURSDAY, spans_on(THURSDAY, rules, CHENGDU), held, zone=CHENGDU, now=now)

    for left, right in pairwise(intervals):
        assert left.ends_at == right.starts_at
        assert (left.state, left.regime, left.mine) != (right.state, right.regime, right.mine)
    for cell in range(CELLS):
        start = hours.instant(THURSDAY, cell * 30, CHENGDU)
        found = [one for one in intervals if one.starts_at <= start < one.ends_at]
        expected = oracle(cell, rules, held, now)
        if found:
            assert (found[0].state, found[0].regime, found[0].mine) == expected
        else:
            assert expected[0] == CLOSED
