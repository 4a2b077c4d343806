# SPDX-License-Identifier: Apache-2.0
"""Changing what repeats: every date is told before anything is changed, and only what is to be otherwise is sent."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from gateway.web import repeats

from .conftest import ID, WORKER
from .fake_answers import EQUIPMENT

SERIES = f"{ID}a1"
CHECK = f"/api/venue/v1/series/{SERIES}/check"
PATHS = [(f"/my/series/{SERIES}/change", None), (f"/desk/series/{SERIES}/change", WORKER)]
# The form as it is shown for a series of every Tuesday until 22 December, sent back untouched.
UNTOUCHED = (
    "try=1&scope=following&from_date=2026-12-08&every=weekly&weekdays=TU&interval=1&nth=1&day=1&until=2026-12-22"
)
ASKED = {"scope": "following", "from_date": "2026-12-08"}


def asked(services):
    return [json.loads(one.content) for one in services.sent if one.url.path == CHECK]


def writes(services):
    return [one for one in services.sent if one.method == "PATCH"]


def hidden(text):
    form = re.search(r'<form method="post" action="[^"]+/change">.*?</form>', text, re.S)[0]
    return {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}


@pytest.mark.parametrize(("path", "office"), PATHS)
def test_the_form_begins_with_how_it_repeats_now(browse, path, office):
    text = browse(path, office).text

    assert 'value="weekly" selected' in text and re.search(r'value="TU" checked', text)
    assert 'name="until"' in text and 'value="2026-12-22"' in text
    assert 'value="MO" checked' not in text


@pytest.mark.parametrize(("path", "office"), PATHS)
def test_what_would_become_of_every_date_is_shown_and_nothing_is_changed(browse, services, path, office):
    text = browse(f"{path}?{UNTOUCHED}&weekdays=TH&local_start=19:00", office).text

    assert asked(services) == [{**ASKED, "rrule": "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261222", "local_start": "19:00"}]
    assert writes(services) == []
    for words in (
        "不变 <b>1</b>",
        "会改 <b>1</b>",
        "新增 <b>1</b>",
        "订不到 <b>1</b>",
        "会取消 <b>1</b>",
    ):
        assert words in text
    assert "原来：12月8日 18:00—20:00" in text and "这天的这个时间已有人订了" in text and "不能恢复" in text


@pytest.mark.parametrize(("path", "office"), PATHS)
def test_what_was_shown_is_what_is_then_changed(browse, services, path, office):
    shown = browse(f"{path}?{UNTOUCHED}&weekdays=TH&equips=yes&equipment-{EQUIPMENT}=2", office).text

    answer = browse(path, office, method="POST", form=hidden(shown))

    (sent,) = writes(services)
    assert json.loads(sent.content) == asked(services)[0]
    assert sent.headers["If-Match"] == '"3"'
    assert answer.headers["Location"].endswith(f"/series/{SERIES}?done=changed")


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ("&minutes=60", {"minutes": 60}),
        ("&count=10", {"rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=10"}),
        ("&interval=2", {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261222"}),
        ("&every=monthly_nth&nth=-1", {"rrule": "FREQ=MONTHLY;BYDAY=-1TU;UNTIL=20261222"}),
        ("&every=daily&until=2027-01-31", {"rrule": "FREQ=DAILY;UNTIL=20270131"}),
        ("&every=monthly_day&day=15", {"rrule": "FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20261222"}),
    ],
)
def test_only_what_is_to_be_otherwise_is_asked(browse, services, more, change):
    fields = parse_qs(UNTOUCHED) | parse_qs(more)

    browse(f"{PATHS[0][0]}?" + "&".join(f"{name}={value}" for name, values in fields.items() for value in values))

    assert asked(services) == [ASKED | change]


def test_without_days_or_an_end_it_asks_for_them_and_nothing_is_sent(browse, services):
    text = browse(f"{PATHS[0][0]}?try=1&scope=all&every=weekly&until=").text

    assert "选一个或几个星期几" in text and "写明到哪一天，或一共几次" in text
    assert asked(services) == []


def test_a_refused_change_is_said_above_the_form_with_its_dates_and_keeps_what_was_chosen(browse, services):
    dates = [
        {"date": "2026-12-01", "local_start": "2026-12-01T20:00", "local_end": "2026-12-01T21:00", "shifted": False,
         "reason_code": "slot_taken", "reason": "这天的这个时间已有人订了"}
    ]  # fmt: skip
    services.refuse("POST", CHECK, 409, "series_dates_refused", detail="有 1 天订不到", dates=dates)

    answer = browse(f"{PATHS[0][0]}?{UNTOUCHED}&local_start=20:00&policy=all_or_nothing")

    assert answer.status_code == 409
    assert "12月1日" in answer.text and "这天的这个时间已有人订了" in answer.text
    assert 'value="20:00" selected' in answer.text and 'value="all_or_nothing" selected' in answer.text
    assert '<form method="post"' not in answer.text.split("<main")[1]


def test_one_date_alone_has_no_rule_and_the_page_says_which_scope_has(browse, services):
    services.refuse("POST", CHECK, 422, "one_date_has_no_rule")

    text = browse(f"{PATHS[0][0]}?{UNTOUCHED}&weekdays=TH").text

    assert "只改一天，不能改怎么重复" in text and "这一天和以后的" in text


def test_a_series_that_cannot_be_changed_leads_back_to_itself(browse, services):
    over = {"rrule": "FREQ=DAILY;COUNT=1", "changeable": False, "dates": []}
    services.refusals["GET", f"/api/venue/v1/series/{SERIES}"] = 200, over

    answer = browse(PATHS[0][0])

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my/series/{SERIES}")


def test_a_series_leads_to_its_change(browse):
    for path, office in PATHS:
        assert f'href="{path}"' in browse(path.removesuffix("/change"), office).text


@pytest.mark.parametrize(
    ("rule", "fields", "weekdays"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5", {"every": "weekly", "interval": "1"}, ["TU", "TH"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=5", {"every": "weekly", "interval": "2"}, ["TU"]),
        ("FREQ=DAILY;COUNT=5", {"every": "daily"}, []),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=5", {"every": "monthly_nth", "nth": "2"}, ["TU"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=5", {"every": "monthly_day", "day": "-1"}, []),
        ("FREQ=MONTHLY;COUNT=5", {"every": "monthly_day", "day": "17"}, []),
    ],
)
def test_a_rule_is_said_in_the_forms_own_choices(rule, fields, weekdays):
    now = repeats.now({"rrule": rule, "first_date": "2026-11-17", "until": "2026-12-22", "open_ended": False})

    assert fields.items() <= now.fields.items() and now.weekdays == weekdays


@pytest.mark.parametrize(
    "rule",
    ["FREQ=MONTHLY;BYDAY=2TU,3TU", "FREQ=MONTHLY;BYMONTHDAY=15,-1", "FREQ=MONTHLY;BYDAY=-2MO", "FREQ=DAILY;INTERVAL=9"],
)
def test_a_rule_the_form_cannot_say_stays_unless_another_is_chosen(browse, services, rule):
    now = {"rrule": rule, "first_date": "2026-11-17", "until": "2026-12-22", "open_ended": False}
    assert repeats.now(now) is None

    assert repeats.change({"scope": "all", "every": "", "minutes": "60"}, [], None).body == {
        "scope": "all",
        "minutes": 60,
    }


def test_an_open_ended_series_stays_so_until_an_end_is_typed():
    series = {"rrule": "FREQ=WEEKLY;BYDAY=TU", "first_date": "2026-11-17", "until": None, "open_ended": True}
    now = repeats.now(series)
    same = {"scope": "all", "every": "weekly", "open_ended": "1"}

    assert "rrule" not in repeats.change(same, ["TU"], now).body
    assert repeats.change(same, ["WE"], now).body["rrule"] == "FREQ=WEEKLY;BYDAY=WE"
    assert repeats.change({**same, "count": "5"}, ["TU"], now).body["rrule"] == "FREQ=WEEKLY;BYDAY=TU;COUNT=5"
