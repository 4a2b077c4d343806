# SPDX-License-Identifier: Apache-2.0
"""Wall times and instants in twelve zones over five years, against an oracle that only ever walks forward in UTC.

The oracle knows one thing, which no zone makes ambiguous: what the wall clock shows at an instant. A wall time is the
first minute at which the clock shows it or has passed it; gaps, folds and a skipped day need no rule of their own.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from venue.domain.opening import hours
from venue.domain.opening.hours import WeeklyRule
from venue.domain.series import recurrence

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Apia crossed the date line in 2011 and so lived without a 30th of December; the others need no special years.
FIRST_YEAR = {
    "Asia/Shanghai": 2024, "Asia/Urumqi": 2024, "Europe/Helsinki": 2024, "America/Vancouver": 2024,
    "Australia/Lord_Howe": 2024, "Pacific/Apia": 2009, "Asia/Kathmandu": 2024, "America/St_Johns": 2024,
    "Africa/Casablanca": 2024, "Asia/Gaza": 2024, "Antarctica/Troll": 2024, "America/Caracas": 2014,
}  # fmt: skip
ZONES = list(FIRST_YEAR)
# Zones whose days jump, with every length of a day, in hours, that their five years have.
LENGTHS = {
    "Asia/Shanghai": {24}, "Asia/Urumqi": {24}, "Europe/Helsinki": {23, 24, 25},
    "Australia/Lord_Howe": {23.5, 24, 24.5}, "Pacific/Apia": {0, 23, 24, 25}, "Asia/Kathmandu": {24},
    "America/St_Johns": {23, 24, 25}, "Africa/Casablanca": {23, 24, 25}, "Asia/Gaza": {23, 24, 25},
    "Antarctica/Troll": {22, 24, 26}, "America/Caracas": {23.5, 24},
}  # fmt: skip


def days_of(name: str) -> list[date]:
    first = date(FIRST_YEAR[name], 1, 1)
    return [first + DAY * number for number in range((date(first.year + 5, 1, 1) - first).days)]


@cache
def jumps(name: str) -> tuple[datetime, ...]:
    """The instants, to the hour below, at which a zone's clock jumps."""
    zone, at = ZoneInfo(name), datetime(FIRST_YEAR[name], 1, 1, tzinfo=UTC)
    found, end = [], datetime(FIRST_YEAR[name] + 5, 1, 1, tzinfo=UTC)
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + timedelta(hours=1)).astimezone(zone).utcoffset():
            found.append(at)
        at += timedelta(hours=1)
    return tuple(found)


def days_around_jumps(name: str) -> list[date]:
    """The local days on which the clock jumps, with the day before and the day after."""
    zone = ZoneInfo(name)
    return sorted({at.astimezone(zone).date() + DAY * near for at in jumps(name) for near in (-1, 0, 1)})


def walked(day: date, zone: ZoneInfo, minutes: list[int]) -> list[datetime]:
    """The oracle: walk UTC minute by minute until the wall clock shows or has passed each wanted time."""
    midnight = datetime.combine(day, datetime.min.time())
    at = midnight.replace(tzinfo=UTC) - timedelta(hours=30)
    found = []
    for minute in minutes:
        wall = midnight + MINUTE * minute
        while at.astimezone(zone).replace(tzinfo=None) < wall:
            at += MINUTE
        found.append(at)
    return found


HALF_HOURS = list(range(0, 1441, 30))


@pytest.mark.parametrize("name", ZONES)
def test_every_half_hour_around_every_jump_is_where_a_walk_through_the_minutes_finds_it(name):
    zone = ZoneInfo(name)
    for day in days_around_jumps(name):
        wanted = walked(day, zone, HALF_HOURS)

        found = [hours.instant(day, minute, zone) for minute in HALF_HOURS]

        assert found == wanted, (name, day)


@pytest.mark.parametrize("name", ZONES)
def test_sampled_days_of_five_years_are_where_a_walk_through_the_minutes_finds_them(name):
    zone = ZoneInfo(name)
    for day in days_of(name)[::61]:
        assert [hours.instant(day, minute, zone) for minute in (0, 570, 1140, 1440)] == walked(
            day, zone, [0, 570, 1140, 1440]
        ), (name, day)


@pytest.mark.parametrize("name", ZONES)
def test_a_wall_time_reads_back_as_written_unless_the_clock_jumps_over_it(name):
    zone = ZoneInfo(name)
    for day in [*days_of(name)[::7], *days_around_jumps(name)]:
        midnight = datetime.combine(day, datetime.min.time())
        for minute in HALF_HOURS:
            wall, at = midnight + MINUTE * minute, hours.instant(day, minute, zone)
            shown, before = (one.astimezone(zone).replace(tzinfo=None) for one in (at, at - MINUTE))

            if shown != wall:
                assert before < wall < shown, f"{name} {wall}: only a time inside a jump is shifted, to its end"


@pytest.mark.parametrize("name", ZONES)
def test_a_time_that_occurs_twice_is_the_first_of_the_two(name):
    zone = ZoneInfo(name)
    for day in days_around_jumps(name):
        for minute in HALF_HOURS:
            at = hours.instant(day, minute, zone)
            wall = at.astimezone(zone).replace(tzinfo=None)

            earlier = [at - MINUTE * back for back in range(30, 181, 30)]
            assert all(one.astimezone(zone).replace(tzinfo=None) != wall for one in earlier), (name, day, minute)


@pytest.mark.parametrize("name", LENGTHS)
def test_days_are_as_long_as_the_clock_makes_them(name):
    zone = ZoneInfo(name)
    lengths = {
        (hours.instant(day, 1440, zone) - hours.instant(day, 0, zone)) / timedelta(hours=1) for day in days_of(name)
    }

    assert lengths == LENGTHS[name]


@pytest.mark.parametrize("name", ZONES)
def test_days_follow_one_another_without_a_hole_or_an_overlap(name):
    zone = ZoneInfo(name)
    for day in days_of(name):
        assert hours.instant(day, 1440, zone) == hours.instant(day + DAY, 0, zone)


@pytest.mark.parametrize("name", ZONES)
def test_a_day_of_regimes_covers_the_day_once_however_long_it_is(name):
    zone = ZoneInfo(name)
    rules = [
        WeeklyRule(regime, weekday, start, end)
        for weekday in range(1, 8)
        for regime, start, end in (("night", 0, 150), ("public_benefit", 150, 1080), ("commercial", 1080, 1440))
    ]
    for day in days_around_jumps(name):
        spans = hours.spans_on(day, rules, zone)

        covered = sum(((span.ends_at - span.starts_at) for span in spans), timedelta())
        assert covered == hours.instant(day, 1440, zone) - hours.instant(day, 0, zone)
        assert all(left.ends_at == right.starts_at for left, right in pairwise(spans))


@pytest.mark.parametrize("name", ZONES)
def test_a_weekly_series_keeps_its_wall_time_through_five_years_of_jumps(name):
    zone = ZoneInfo(name)
    weekly = recurrence.parse("FREQ=WEEKLY;BYDAY=TU,SA")
    first, last = days_of(name)[0], days_of(name)[-1]
    for day in recurrence.between(weekly, first, first, last):
        start, end = hours.instant(day, 19 * 60, zone), hours.instant(day, 21 * 60, zone)
        if name == "Pacific/Apia" and day == date(2011, 12, 30):
            assert start == end, "a day that was never lived has no evening"
            continue

        assert start.astimezone(zone).replace(tzinfo=None) == datetime(day.year, day.month, day.day, 19)
        assert end - start == timedelta(hours=2)


@pytest.mark.parametrize("name", ZONES)
def test_an_evening_that_ends_past_midnight_is_as_long_as_the_night_makes_it(name):
    zone = ZoneInfo(name)
    for day in days_around_jumps(name):
        start, end = hours.instant(day, 22 * 60, zone), hours.instant(day, 28 * 60, zone)
        begins, ends = (walked(one, zone, [minute])[0] for one, minute in ((day, 1320), (day + DAY, 240)))

        assert (start, end) == (begins, ends)


def test_the_zones_come_from_the_pinned_package_and_not_from_the_machine():
    assert zoneinfo.TZPATH == ()
    winter = datetime(2026, 12, 1, tzinfo=ZoneInfo("America/Vancouver"))
    assert winter.utcoffset() == timedelta(hours=-7), "Vancouver stays on summer time for good from 2026"
