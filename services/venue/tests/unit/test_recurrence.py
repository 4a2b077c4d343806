# SPDX-License-Identifier: Apache-2.0
"""What repeats when: our rules against a calendar walked day by day, and the rules that are refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chassis.errors import Unprocessable
from hypothesis import given, settings
from hypothesis import strategies as st
from venue.domain.series import recurrence
from venue.domain.series.recurrence import Recurrence

MONDAY = date(2026, 11, 23)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def month_length(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def names(rule: Recurrence, first: date, day: date) -> bool:
    """The oracle: whether a rule names a day, told from that day alone."""
    if rule.frequency == "DAILY":
        return (day - first).days % rule.interval == 0
    if rule.frequency == "WEEKLY":
        weeks = ((day - timedelta(days=day.weekday())) - (first - timedelta(days=first.weekday()))).days // 7
        wanted = [weekday for _, weekday in rule.by_day] or [WEEKDAYS[first.weekday()]]
        return weeks % rule.interval == 0 and WEEKDAYS[day.weekday()] in wanted
    if ((day.year - first.year) * 12 + day.month - first.month) % rule.interval:
        return False
    length = month_length(day)
    if rule.by_day:
        from_front, from_back = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
        return any(
            WEEKDAYS[day.weekday()] == weekday and nth in (from_front, from_back) for nth, weekday in rule.by_day
        )
    wanted_days = rule.by_month_day or (first.day,)
    return day.day in wanted_days or day.day - length - 1 in wanted_days


def walked(rule: Recurrence, first: date) -> list[date]:
    found = []
    for number in range(recurrence.HORIZON_DAYS + 1):
        day = first + timedelta(days=number)
        if rule.until is not None and day > rule.until:
            break
        if names(rule, first, day):
            found.append(day)
        if rule.count is not None and len(found) == rule.count:
            break
    return found


@st.composite
def rules(draw) -> tuple[Recurrence, date]:
    first = draw(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    by_day, by_month_day = (), ()
    if frequency == "WEEKLY":
        by_day = tuple((None, day) for day in draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=7)))
    if frequency == "MONTHLY" and draw(st.booleans()):
        nth = st.integers(-5, 5).filter(bool)
        by_day = tuple(draw(st.lists(st.tuples(nth, st.sampled_from(WEEKDAYS)), unique=True, min_size=1, max_size=3)))
    elif frequency == "MONTHLY":
        days = st.integers(-31, 31).filter(bool)
        by_month_day = tuple(draw(st.lists(days, unique=True, max_size=3)))
    ends = draw(st.one_of(st.integers(1, 400), st.integers(0, 400)))
    count, until = (ends, None) if draw(st.booleans()) and ends else (None, first + timedelta(days=ends))
    return Recurrence(frequency, draw(st.integers(1, 6)), by_day, by_month_day, count, until), first


@settings(max_examples=400, deadline=None)
@given(rules())
def test_a_rule_names_the_dates_that_a_walk_through_the_calendar_finds(case):
    rule, first = case
    expected = walked(rule, first)

    if not expected or len(expected) < (rule.count or 0) or len(expected) > recurrence.MOST_DATES:
        with pytest.raises(Unprocessable) as refused:
            recurrence.expand(rule, first)
        assert refused.value.code == ("rrule_too_many" if expected else "rrule_empty")
    else:
        assert recurrence.expand(rule, first) == expected


@settings(max_examples=200, deadline=None)
@given(rules())
def test_a_rule_reads_back_as_it_was_written(case):
    rule, _first = case

    assert recurrence.parse(str(rule)) == rule


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("FREQ=WEEKLY;COUNT=2", ["2026-11-23", "2026-11-30"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261203", ["2026-11-24", "2026-11-26", "2026-12-01", "2026-12-03"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["2026-12-08", "2027-01-12"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", ["2026-11-27", "2026-12-25"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", ["2026-12-31", "2027-01-31"]),
        ("freq=daily;interval=3;count=2", ["2026-11-23", "2026-11-26"]),
    ],
)
def test_rules_of_the_practice(rule, dates):
    assert [day.isoformat() for day in recurrence.expand(recurrence.parse(rule), MONDAY)] == dates


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;COUNT=2",
        "FREQ=HOURLY;COUNT=2",
        "FREQ=SECONDLY",
        "BYDAY=MO;COUNT=2",
        "FREQ=WEEKLY;BYDAY=2TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=6TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=0TU;COUNT=2",
        "FREQ=DAILY;BYDAY=MO;COUNT=2",
        "FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1;COUNT=2",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=2",
        "FREQ=WEEKLY;WKST=SU;COUNT=2",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20261231",
        "FREQ=WEEKLY;COUNT=2;COUNT=3",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=-1",
        "FREQ=WEEKLY;COUNT=1e3",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=2",
        "FREQ=WEEKLY;UNTIL=20261331",
        "FREQ=WEEKLY;UNTIL=20261231T235959Z",
        "FREQ=WEEKLY;UNTIL=2026-12-31",
        "FREQ=WEEKLY;COUNT=2;",
        "RRULE:FREQ=WEEKLY;COUNT=2",
        "FREQ=WEEKLY COUNT=2",
        "every Tuesday",
        "",
    ],
)
def test_a_rule_outside_the_subset_or_with_two_readings_is_refused(rule):
    with pytest.raises(Unprocessable) as refused:
        recurrence.parse(rule)

    assert refused.value.code == "rrule_not_supported"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=DAILY", "rrule_endless"),
        ("FREQ=WEEKLY;BYDAY=TU", "rrule_endless"),
        ("FREQ=DAILY;COUNT=401", "rrule_too_many"),
        ("FREQ=DAILY;COUNT=9999", "rrule_too_many"),
        ("FREQ=DAILY;UNTIL=99991231", "rrule_too_many"),
        ("FREQ=DAILY;UNTIL=20271228", "rrule_too_many"),  # 400 days from the first, and so 401 dates
        ("FREQ=WEEKLY;COUNT=59", "rrule_too_many"),
        ("FREQ=WEEKLY;UNTIL=20261122", "rrule_empty"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20261130", "rrule_empty"),
    ],
)
def test_a_rule_that_never_ends_explodes_or_names_nothing_is_refused(rule, code):
    with pytest.raises(Unprocessable) as refused:
        recurrence.expand(recurrence.parse(rule), MONDAY)

    assert refused.value.code == code


def test_four_hundred_dates_are_a_series_still():
    assert len(recurrence.expand(recurrence.parse("FREQ=DAILY;COUNT=400"), MONDAY)) == 400


def test_an_open_ended_rule_reaches_to_the_horizon():
    dates = recurrence.expand(recurrence.parse("FREQ=WEEKLY;BYDAY=MO"), MONDAY, open_ended=True)

    assert (dates[0], dates[-1]) == (MONDAY, date(2027, 12, 27))
