# SPDX-License-Identifier: Apache-2.0
"""Weekly rules by the wall clock become instants, also where the clock jumps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from venue.domain.opening import hours
from venue.domain.opening.hours import Span, WeeklyRule

CHENGDU, HELSINKI, LORD_HOWE = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Helsinki"), ZoneInfo("Australia/Lord_Howe")
THURSDAY = date(2026, 11, 26)
ZONES = [
    "Asia/Shanghai", "Asia/Urumqi", "Europe/Helsinki", "America/Vancouver", "Australia/Lord_Howe", "Pacific/Apia",
    "America/St_Johns", "Africa/Casablanca",
]  # fmt: skip


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_has_its_regimes_in_order():
    rules = [WeeklyRule("commercial", 4, 1080, 1320), WeeklyRule("public_benefit", 4, 540, 1080)]

    assert hours.spans_on(THURSDAY, rules, CHENGDU) == [
        Span(utc("2026-11-26T01:00"), utc("2026-11-26T10:00"), "public_benefit"),
        Span(utc("2026-11-26T10:00"), utc("2026-11-26T14:00"), "commercial"),
    ]


def test_adjacent_rules_of_one_regime_are_one_span():
    rules = [WeeklyRule("commercial", 4, 1080, 1200), WeeklyRule("commercial", 4, 1200, 1320)]

    assert len(hours.spans_on(THURSDAY, rules, CHENGDU)) == 1


def test_a_rule_holds_only_while_it_is_valid_and_on_its_weekday():
    rule = WeeklyRule("commercial", 4, 1080, 1320, date(2026, 11, 26), date(2026, 12, 3))

    assert rule.holds_on(THURSDAY)
    assert not rule.holds_on(THURSDAY + timedelta(days=1))
    assert not rule.holds_on(THURSDAY + timedelta(days=7))
    assert not rule.holds_on(THURSDAY - timedelta(days=7))


def test_minute_1440_is_the_next_midnight():
    assert hours.instant(THURSDAY, 1440, CHENGDU) == hours.instant(THURSDAY + timedelta(days=1), 0, CHENGDU)


def test_a_time_the_clock_jumps_over_counts_as_the_first_instant_after_the_jump():
    jump = date(2026, 3, 29)  # Helsinki: 03:00 becomes 04:00 at 01:00 UTC

    assert hours.instant(jump, 3 * 60 + 30, HELSINKI) == utc("2026-03-29T01:00")
    assert hours.instant(jump, 4 * 60, HELSINKI) == utc("2026-03-29T01:00")


def test_a_time_that_occurs_twice_means_its_first_occurrence():
    assert hours.instant(date(2026, 10, 25), 3 * 60 + 30, HELSINKI) == utc("2026-10-25T00:30")


def test_a_half_hour_jump_is_found_too():
    assert hours.instant(date(2026, 10, 4), 2 * 60 + 15, LORD_HOWE) == utc("2026-10-03T15:30")


def test_a_span_that_is_jumped_over_entirely_does_not_exist():
    rules = [WeeklyRule("commercial", 7, 3 * 60, 4 * 60)]

    assert hours.spans_on(date(2026, 3, 29), rules, HELSINKI) == []


@settings(max_examples=300, deadline=None)
@given(
    day=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    minute=st.integers(0, 1440),
    zone=st.sampled_from([ZoneInfo(name) for name in ZONES]),
)
def test_wall_times_never_run_backwards_and_read_back_as_written_outside_a_gap(day, minute, zone):
    moment = hours.instant(day, minute, zone)

    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    assert shown == wall or (shown > wall and shown - wall <= timedelta(hours=25))  # Apia once skipped a day
    if minute < 1440:
        assert moment <= hours.instant(day, minute + 1, zone) or shown != wall


@pytest.mark.parametrize(
    ("wall", "on_grain"), [("19:00:00", True), ("19:30:00", True), ("19:15:00", False), ("19:00:01", False)]
)
def test_the_grain_is_the_local_half_hour(wall, on_grain):
    at = datetime.fromisoformat(f"2026-11-26T{wall}").replace(tzinfo=CHENGDU)

    assert hours.is_on_grain(at, CHENGDU) is on_grain


def test_the_grain_follows_the_local_clock_where_offsets_are_odd():
    kathmandu = ZoneInfo("Asia/Kathmandu")  # +05:45

    assert hours.is_on_grain(utc("2026-11-26T03:15"), kathmandu)
    assert not hours.is_on_grain(utc("2026-11-26T03:00"), kathmandu)


def test_the_next_grain_is_now_when_now_lies_on_it():
    assert hours.next_grain(utc("2026-11-26T10:00"), CHENGDU) == utc("2026-11-26T10:00")
    assert hours.next_grain(utc("2026-11-26T10:00:01"), CHENGDU) == utc("2026-11-26T10:30")
