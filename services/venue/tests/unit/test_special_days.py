# SPDX-License-Identifier: Apache-2.0
"""The official days of 2026 as they ship: every day of the notice, and nothing that contradicts itself."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
import yaml
from venue.domain.opening import special_days
from venue.domain.venues.definition import DefinitionError

# 国办发明电〔2025〕7号: first and last day of each holiday, and the days worked for it.
NOTICE = [
    ("01-01", "01-03", ["01-04"]), ("02-15", "02-23", ["02-14", "02-28"]), ("04-04", "04-06", []),
    ("05-01", "05-05", ["05-09"]), ("06-19", "06-21", []), ("09-25", "09-27", []),
    ("10-01", "10-07", ["09-20", "10-10"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def days() -> dict[date, dict]:
    text = (resources.files("venue.data") / "special_days_cn_2026.yaml").read_text("utf-8")
    return {one["day"]: one for one in special_days.parse(yaml.safe_load(text))}


def test_the_days_are_those_of_the_notice(days):
    holidays, workdays = set(), set()
    for first, last, worked in NOTICE:
        start, end = (date.fromisoformat(f"2026-{day}") for day in (first, last))
        holidays |= {date.fromordinal(number) for number in range(start.toordinal(), end.toordinal() + 1)}
        workdays |= {date.fromisoformat(f"2026-{day}") for day in worked}

    assert {day for day, one in days.items() if one["kind"] == "holiday"} == holidays
    assert {day for day, one in days.items() if one["kind"] == "make_up_workday"} == workdays
    assert len(holidays) == 33


def test_work_is_made_up_at_the_weekend_with_a_weekdays_hours(days):
    for day, one in days.items():
        if one["kind"] == "make_up_workday":
            assert day.isoweekday() > 5
            assert one["follows_weekday"] == 1
        else:
            assert one["follows_weekday"] == 7


@pytest.mark.parametrize(
    "spoil",
    [{"date": "2026-13-01"}, {"kind": "party"}, {"follows_weekday": 8}, {"names": {"zh": "节"}}],
)
def test_a_day_that_is_none_is_refused(spoil):
    day = {"date": "2026-10-01", "kind": "holiday", "names": {"zh": "国庆节", "en": "National Day"}, **spoil}

    with pytest.raises(DefinitionError):
        special_days.parse({"days": [day]})


def test_a_day_named_twice_is_refused():
    day = {"date": "2026-10-01", "kind": "holiday", "names": {"zh": "国庆节", "en": "National Day"}}

    with pytest.raises(DefinitionError):
        special_days.parse({"days": [day, day]})
