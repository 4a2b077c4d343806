# SPDX-License-Identifier: Apache-2.0
"""Series through the API: plans that make no sense, dates that clash, and for whom the counter books."""

from __future__ import annotations

import pytest

from ..conftest import WUFUQIAO
from .operations.request import send
from .operations.series import arranged, check_series, plan

SOMEBODY = {"on_behalf_of": {"person_id": "0192f0c4-7a10-7b3e-8f00-00000000c001", "reason": "每周固定"}}


def test_a_trial_needs_no_key_because_it_changes_nothing(world):
    request = check_series(world)

    answers = [send(world, request, key=None) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["free_count"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"rrule": ""}, {"rrule": "F" * 201}, {"rrule": 7}, {"first_date": "2026-02-30"}, {"first_date": "someday"},
        {"local_start": "24:00"}, {"local_start": "7pm"}, {"minutes": 0}, {"minutes": -60}, {"minutes": 1441},
        {"minutes": 60.5}, {"policy": "hope"}, {"party_size": -1}, {"party_size": 0}, {"space_id": "the big one"},
        {"open_ended": "yes"}, {"purpose": "x" * 201}, {"on_behalf_of": {"person_id": "me", "reason": ""}},
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused_at_the_door(world, wrong):
    assert world.resident().post("/series", plan(world, **wrong)).status_code == 400


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"rrule": "FREQ=DAILY"}, "rrule_endless"),
        ({"rrule": "FREQ=DAILY;COUNT=9999"}, "rrule_too_many"),
        ({"rrule": "FREQ=SECONDLY;COUNT=2"}, "rrule_not_supported"),
        ({"rrule": "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20261125"}, "rrule_empty"),
        ({"rrule": "FREQ=DAILY;COUNT=13"}, "series_too_long"),
        ({"first_date": "1926-11-24"}, "in_the_past"),
        ({"first_date": "2126-11-24"}, "too_far_ahead"),
        ({"local_start": "09:10"}, "not_on_grain"),
        ({"minutes": 50}, "not_on_grain"),
        ({"minutes": 1440}, "too_long"),
    ],
)
def test_a_series_that_cannot_be_is_refused_by_its_rule_in_both_languages(world, wrong, code):
    who = world.resident()
    in_chinese = who.post("/series", plan(world, **wrong))
    who.headers["Accept-Language"] = "en"
    in_english = who.post("/series", plan(world, **wrong))

    assert (in_chinese.status_code, in_chinese.json()["code"]) == (422, code)
    assert in_english.json()["detail"] != in_chinese.json()["detail"]


def test_all_or_nothing_answers_with_the_dates_that_clash(world):
    wish = plan(world, policy="all_or_nothing")
    assert world.resident().post("/series", wish).status_code == 201

    answer = world.resident().post("/series", wish)

    assert (answer.status_code, answer.json()["code"]) == (409, "series_dates_refused")
    assert {row["reason_code"] for row in answer.json()["dates"]} == {"slot_taken"}


def test_the_counter_books_for_somebody_and_nobody_else_reads_for_whom(world):
    desk = world.counter()
    wish = plan(world, **SOMEBODY)
    series = desk.post("/series", wish).json()

    assert series["person_id"] == SOMEBODY["on_behalf_of"]["person_id"]
    assert world.operator().get(f"/series/{series['series_id']}").status_code == 403
    assert world.resident().get(f"/series/{series['series_id']}").status_code == 404
    assert "person_id" not in arranged(world)
    assert world.resident().post("/series", wish).json()["code"] == "on_behalf_only_at_counter"
    found = desk.get("/series", person_id=series["person_id"]).json()["items"]
    assert series["series_id"] in {row["series_id"] for row in found}


def test_lists_come_in_pages_that_do_not_overlap(world):
    for _ in range(3):
        arranged(world)

    first = world.counter().get("/series", limit=2).json()
    second = world.counter().get("/series", limit=2, cursor=first["next_cursor"]).json()

    assert len(first["items"]) == 2 and second["items"]
    assert not {one["series_id"] for one in first["items"]} & {one["series_id"] for one in second["items"]}


def things(world) -> dict[str, str]:
    """The house's equipment by code, as anybody may read it."""
    (venue,) = world.anonymous.get(f"/divisions/{WUFUQIAO}/venues").json()["items"]
    return {one["code"]: one["equipment_id"] for one in venue["equipment"]}


def test_equipment_named_twice_is_added_up_and_changed_by_name(world):
    projector, chair = things(world)["projector"], things(world)["folding_chair"]
    who = world.resident()
    wanted = [{"equipment_id": chair, "quantity": 2}, {"equipment_id": chair, "quantity": 3}]

    series = who.post("/series", plan(world, equipment=wanted)).json()
    assert series["equipment"] == [{"equipment_id": chair, "quantity": 5}]
    booking = who.get(f"/bookings/{series['dates'][0]['booking_id']}").json()
    assert booking["equipment"] == [{"equipment_id": chair, "quantity": 5}]

    body = {"scope": "all", "equipment": [{"equipment_id": projector, "quantity": 1}]}
    changed = who.patch(f"/series/{series['series_id']}", body, version=1).json()
    assert changed["equipment"] == [{"equipment_id": projector, "quantity": 1}]
    assert who.get(f"/bookings/{series['dates'][0]['booking_id']}").json()["equipment"] == changed["equipment"]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ([{"equipment_id": "a drum", "quantity": 1}], 400),
        ([{"equipment_id": "0192f0c4-7a10-7b3e-8f00-00000000c001", "quantity": 0}], 400),
        ([{"equipment_id": "0192f0c4-7a10-7b3e-8f00-00000000c001", "quantity": 1001}], 400),
        ([{"equipment_id": "0192f0c4-7a10-7b3e-8f00-00000000c001"}], 400),
        ([{"equipment_id": "0192f0c4-7a10-7b3e-8f00-00000000c001", "quantity": 1}] * 11, 400),
        ([{"equipment_id": "0192f0c4-7a10-7b3e-8f00-00000000c001", "quantity": 1}], 404),
    ],
)
def test_equipment_that_makes_no_sense_is_refused(world, wanted, status):
    for path in ("/series", "/series/check"):
        assert world.resident().post(path, plan(world, equipment=wanted)).status_code == status


def test_both_prices_are_told_where_they_are_agreed_to(world):
    wish = plan(world, split=True, local_start="17:30", minutes=60)

    tried = world.resident().post("/series/check", wish).json()
    made = world.resident().post("/series", wish).json()

    assert made["split"] is True
    for dates in (tried["dates"], made["dates"]):
        assert [[part["price_fen"] for part in row["parts"]] for row in dates] == [[0, 1500]] * 2
