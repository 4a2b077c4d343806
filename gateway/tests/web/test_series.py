# SPDX-License-Identifier: Apache-2.0
"""Pages of bookings that repeat: every date is shown before anything is booked, and every refusal names its dates."""

from __future__ import annotations

import json

import pytest
from gateway.web import repeats

from .conftest import ID, WORKER
from .fake_answers import EQUIPMENT, PERSON

CHOSEN = f"try=1&space_id={ID}10&every=weekly&weekdays=TU&weekdays=TH&first_date=2026-11-24&count=3"
SERIES = f"{ID}a1"


def sent(services, path, method="POST"):
    return [one for one in services.sent if one.url.path == f"/api/venue/v1{path}" and one.method == method]


def test_the_choices_are_tried_and_every_date_is_shown_before_anything_is_booked(browse, services):
    text = browse(f"/desk/series/new?person={PERSON}&{CHOSEN}", WORKER).text

    (tried,) = sent(services, "/series/check")
    asked = json.loads(tried.content)
    assert asked["rrule"] == "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3"
    assert asked["on_behalf_of"]["person_id"] == PERSON
    assert "一共 3 天，2 天可以订" in text
    assert "这天的这个时间已有人订了" in text and "还空着" in text
    assert "订下这 2 天" in text
    assert sent(services, "/series") == []


def test_the_confirmed_trial_is_what_is_arranged(browse, services):
    form = {
        "person_id": PERSON, "space_id": f"{ID}10", "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "first_date": "2026-11-24",
        "local_start": "19:00", "minutes": "120", "policy": "skip_and_report", "reason": "本人到柜台办理",
    }  # fmt: skip

    answer = browse("/desk/series", WORKER, method="POST", form=form)

    (made,) = sent(services, "/series")
    assert json.loads(made.content)["on_behalf_of"] == {"person_id": PERSON, "reason": "本人到柜台办理"}
    assert made.headers["Idempotency-Key"]
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/series/{SERIES}?new=1")


def test_a_resident_arranges_their_own_without_anybodys_name(browse, services):
    form = {"space_id": f"{ID}10", "rrule": "FREQ=DAILY;COUNT=2", "first_date": "2026-11-24", "local_start": "19:00",
            "minutes": "60", "policy": "all_or_nothing"}  # fmt: skip

    answer = browse("/my/series", method="POST", form=form)

    (made,) = sent(services, "/series")
    assert "on_behalf_of" not in json.loads(made.content)
    assert answer.headers["Location"] == f"/my/series/{SERIES}?new=1"


THING = f"equipment-{EQUIPMENT}"


def test_equipment_and_two_prices_are_tried_with_every_date_and_then_arranged(browse, services):
    text = browse(f"/my/series/new?{CHOSEN}&split=yes&{THING}=2").text

    (tried,) = sent(services, "/series/check")
    wish = {"split": True, "equipment": [{"equipment_id": EQUIPMENT, "quantity": 2}]}
    assert wish.items() <= json.loads(tried.content).items()
    assert "每次都带：投影仪 2 件" in text
    assert "17:00—18:00 免费；18:00—19:30 ¥45" in text

    browse("/my/series", method="POST", form={"space_id": f"{ID}10", "minutes": "60", "split": "yes", THING: "2"})
    (made,) = sent(services, "/series")
    assert wish.items() <= json.loads(made.content).items()


def test_a_series_says_its_equipment_and_changes_it_only_when_that_is_ticked(browse, services):
    path, form = f"/my/series/{SERIES}/change", {"scope": "all", "version": "3", THING: "0"}
    assert "每次都带：投影仪 1 件" in browse(f"/my/series/{SERIES}").text

    browse(path, method="POST", form=form)
    browse(path, method="POST", form={**form, "equips": "yes"})
    browse(path, method="POST", form={**form, "equips": "yes", THING: "2"})

    asked = [json.loads(one.content).get("equipment") for one in sent(services, f"/series/{SERIES}", "PATCH")]
    assert asked == [None, [], [{"equipment_id": EQUIPMENT, "quantity": 2}]]


def test_what_was_left_open_is_asked_for_and_nothing_is_sent(browse, services):
    text = browse("/my/series/new?try=1&every=weekly&first_date=x").text

    assert "选一个或几个星期几" in text and "写明到哪一天，或一共几次" in text
    assert sent(services, "/series/check") == []


def test_a_rule_the_service_refuses_is_said_above_the_form(browse, services):
    services.refuse("POST", "/api/venue/v1/series/check", 422, "rrule_too_many", detail="一个系列最多 400 次")

    answer = browse(f"/my/series/new?{CHOSEN}")

    assert answer.status_code == 422
    assert "一个系列最多 400 次" in answer.text


def test_a_refused_arrangement_names_the_dates(browse, services):
    dates = [
        {"date": "2026-12-01", "local_start": "2026-12-01T19:00", "local_end": "2026-12-01T21:00", "shifted": False,
         "reason_code": "slot_taken", "reason": "这天的这个时间已有人订了"}
    ]  # fmt: skip
    services.refuse("POST", "/api/venue/v1/series", 409, "series_dates_refused", detail="有 1 天订不到", dates=dates)

    answer = browse("/my/series", method="POST", form={"minutes": "60"})

    assert answer.status_code == 409
    assert "12月1日" in answer.text and "这天的这个时间已有人订了" in answer.text


def test_one_date_whose_new_time_is_taken_is_told_what_is_free_and_sent_back(browse, services):
    free = {"space_id": f"{ID}10", "space_name": "社区书屋", "starts_at": "2026-12-08T18:00:00+08:00",
            "ends_at": "2026-12-08T19:00:00+08:00", "price_fen": 3000}  # fmt: skip
    services.refuse("PATCH", f"/api/venue/v1/series/{SERIES}", 409, "slot_taken", alternatives=[free])
    form = {"scope": "one", "from_date": "2026-12-08", "local_start": "18:00", "version": "3"}

    answer = browse(f"/my/series/{SERIES}/change", method="POST", form=form)

    assert answer.status_code == 409
    assert "社区书屋" in answer.text and "18:00—19:00" in answer.text
    assert "回去改成其中一个" in answer.text and "点一下就能订" not in answer.text
    assert f'href="/my/series/{SERIES}"' in answer.text


@pytest.mark.parametrize(
    ("code", "way"),
    [("series_over", "请重新订一个"), ("series_date_not_found", "看看最新的日子"), ("nothing_to_change", "至少改一样")],
)
def test_every_refusal_of_a_change_says_what_to_do(browse, services, code, way):
    services.refuse("PATCH", f"/api/venue/v1/series/{SERIES}", 409, code)

    assert way in browse(f"/my/series/{SERIES}/change", method="POST", form={"scope": "all", "version": "3"}).text


def test_a_series_shows_what_became_of_every_date(browse):
    text = browse(f"/my/series/{SERIES}").text

    assert "每周二" in text
    assert "1 天没有订到" in text and "单独改过" in text and "已取消" in text
    assert f'href="/my/bookings/{ID}21"' in text


@pytest.mark.parametrize(
    ("scope", "asked"), [("all", {"scope": "all"}), ("one", {"scope": "one", "from_date": "2026-12-22"})]
)
def test_a_series_is_cancelled_whole_or_by_the_day_at_the_version_seen(browse, services, scope, asked):
    form = {"scope": scope, "from_date": "2026-12-22", "version": "3"}

    answer = browse(f"/my/series/{SERIES}/cancellation", method="POST", form=form)

    (cancelled,) = sent(services, f"/series/{SERIES}/cancellation")
    assert json.loads(cancelled.content) == asked
    assert cancelled.headers["If-Match"] == '"3"'
    assert answer.headers["Location"] == f"/my/series/{SERIES}?done=cancelled"


def test_a_change_sends_only_what_is_to_be_otherwise(browse, services):
    form = {
        "scope": "following",
        "from_date": "2026-12-08",
        "local_start": "18:00",
        "minutes": "",
        "space_id": "",
        "version": "3",
    }

    browse(f"/desk/series/{SERIES}/change", WORKER, method="POST", form=form)

    (changed,) = sent(services, f"/series/{SERIES}", "PATCH")
    assert json.loads(changed.content) == {"scope": "following", "from_date": "2026-12-08", "local_start": "18:00"}


def test_the_desk_is_told_what_could_not_follow_the_clock_and_residents_are_not(browse):
    assert "这些预订没能跟着改" in browse("/desk/series", WORKER).text
    assert "这些预订没能跟着改" not in browse("/my/series").text


@pytest.mark.parametrize(
    ("chosen", "weekdays", "rule"),
    [
        ({"every": "weekly", "count": "5"}, ["MO", "FR"], "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=5"),
        (
            {"every": "weekly", "interval": "2", "until": "2026-12-31"},
            ["SU"],
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20261231",
        ),
        ({"every": "monthly_nth", "nth": "-1", "count": "3"}, ["FR"], "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"),
        ({"every": "monthly_day", "day": "-1", "count": "3"}, [], "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"),
        ({"every": "monthly_day", "day": "15", "count": "3"}, [], "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3"),
        ({"every": "daily", "count": "3"}, [], "FREQ=DAILY;COUNT=3"),
        ({"every": "weekly", "open_ended": "1"}, ["TU"], "FREQ=WEEKLY;BYDAY=TU"),
    ],
)
def test_plain_choices_become_the_contracts_rule(one_app, chosen, weekdays, rule):
    with one_app.test_request_context():
        wish = repeats.read({"first_date": "2026-11-24", **chosen}, weekdays)

    assert (wish.body["rrule"], wish.errors) == (rule, {})


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5", "每周二、周四"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20261231", "每 2 周：周日"),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=5", "每月第二个周二"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=5", "每月最后一个周五"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1;COUNT=5", "每月15 号、最后一天"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", "每 3 天"),
        ("FREQ=WEEKLY;COUNT=5", "每周"),
        ("FREQ=MONTHLY;INTERVAL=2;COUNT=5", "每 2 个月"),
        ("FREQ=MONTHLY;BYDAY=5FR,-2MO;COUNT=5", "每月第五个周五、倒数第二个周一"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=5", "每月倒数第 3 天"),
    ],
)
def test_a_rule_is_said_in_words(browse, app, rule, words):
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        app.preprocess_request()
        assert repeats.words(rule) == words


def test_a_weekday_counted_from_the_end_is_said_in_english(browse, app):
    with app.test_request_context(headers={"Cookie": "linli-language=en"}):
        app.preprocess_request()
        assert repeats.words("FREQ=MONTHLY;BYDAY=5FR,-2MO;COUNT=5") == "Monthly: fifth Fri, second last Mon"
