# SPDX-License-Identifier: Apache-2.0
"""Weeks, holidays and single days against an oracle that paints every half hour of a day by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from venue.domain.opening import hours, stranding
from venue.domain.opening.hours import DatedHours, HoursCalendar, WeeklyRule
from venue.domain.opening.stranding import Ahead

REGIMES = ("public_benefit", "commercial", "office_hours")
CELLS = 48
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)
# The last three change their clocks in these months; two of them by night hours that the raster must get right.
ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Helsinki", "America/Vancouver", "Australia/Lord_Howe")]
days = st.dates(FIRST, LAST)


@st.composite
def strips(draw: st.DrawFn) -> list[str | None]:
    """A day's half hours, each in a regime or closed: what the database's exclusion lets through, as a picture."""
    cuts = sorted(draw(st.sets(st.integers(0, CELLS), min_size=2, max_size=7)))
    strip: list[str | None] = [None] * CELLS
    for start, end in pairwise(cuts):
        strip[start:end] = [draw(st.sampled_from((*REGIMES, None)))] * (end - start)
    return strip


def stretches(strip: list[str | None]) -> list[tuple[int, int, str]]:
    """One stretch a painted half hour: joining neighbours is the code's business."""
    return [(cell * 30, cell * 30 + 30, regime) for cell, regime in enumerate(strip) if regime]


@st.composite
def calendars(draw: st.DrawFn) -> tuple[HoursCalendar, dict]:
    """A calendar, and the same as pictures: two plans one after the other, holidays, days of their own."""
    change = draw(days)
    plans = [{weekday: draw(strips()) for weekday in range(1, 8)} for _ in range(2)]
    weekly = [
        WeeklyRule(regime, weekday, start, end, *valid)
        for plan, valid in zip(plans, ((hours.EARLIEST, change), (change, None)), strict=True)
        for weekday, strip in plan.items()
        for start, end, regime in stretches(strip)
    ]
    follows = draw(st.dictionaries(days, st.integers(1, 7), max_size=8))
    own = draw(st.dictionaries(days, strips(), max_size=5))
    exceptions = {
        day: [DatedHours(*each) for each in stretches(strip)] or [DatedHours(0, 1440, None)]
        for day, strip in own.items()
    }
    return HoursCalendar(weekly, follows, exceptions), {
        "change": change, "plans": plans, "follows": follows, "own": own
    }  # fmt: skip


def painted(picture: dict, day: date) -> list[str | None]:
    """The oracle: a day's own hours, else the plan of its date for the weekday it keeps."""
    if day in picture["own"]:
        return picture["own"][day]
    plan = picture["plans"][day >= picture["change"]]
    return plan[picture["follows"].get(day, day.isoweekday())]


def open_at(picture: dict, moment: datetime, zone: ZoneInfo) -> str | None:
    """What holds at an instant, read off the wall clock."""
    local = moment.astimezone(zone)
    return painted(picture, local.date())[local.hour * 2 + local.minute // 30]


def is_ordinary(day: date, zone: ZoneInfo) -> bool:
    """Tell whether the clock neither jumps nor repeats on that day."""
    return hours.instant(day, 1440, zone) - hours.instant(day, 0, zone) == timedelta(hours=24)


@settings(max_examples=200, deadline=None)
@given(made=calendars(), day=days, zone=st.sampled_from(ZONES))
def test_the_spans_of_a_day_are_what_the_raster_paints(made, day, zone):
    calendar, picture = made
    spans = hours.spans_on(day, calendar, zone)

    assert all(left.ends_at <= right.starts_at for left, right in pairwise(spans))
    assert all(left.ends_at < right.starts_at or left.regime != right.regime for left, right in pairwise(spans)), (
        "neighbours of one regime are one span"
    )
    moment, end = hours.instant(day, 0, zone), hours.instant(day, 1440, zone)
    if not is_ordinary(day, zone):
        return  # what a jump or a repeated hour does to a day is the time suite's business
    while moment < end:
        within = [span.regime for span in spans if span.starts_at <= moment < span.ends_at]
        assert within == [regime for regime in (open_at(picture, moment, zone),) if regime], moment.astimezone(UTC)
        moment += timedelta(minutes=30)


@settings(max_examples=200, deadline=None)
@given(before=calendars(), after=calendars(), day=days, start=st.integers(0, 47), length=st.integers(1, 12))
def test_who_is_stranded_is_who_was_inside_and_is_not_any_more(before, after, day, start, length):
    zone = ZONES[0]
    starts_at = hours.instant(day, start * 30, zone)
    booking = Ahead("BCDFGH", starts_at, starts_at + timedelta(minutes=30 * length))

    def inside(picture: dict) -> bool:
        return all(open_at(picture, starts_at + timedelta(minutes=30 * cell), zone) for cell in range(length))

    found = stranding.stranded(before[0], after[0], [booking], zone)

    assert found == (["BCDFGH"] if inside(before[1]) and not inside(after[1]) else [])
