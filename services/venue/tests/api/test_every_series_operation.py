# SPDX-License-Identifier: Apache-2.0
"""Each operation of series: anonymous, unpermitted, foreign, with a bad body, twice, and as meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ..conftest import COUNTER, NEIGHBOUR, RESIDENT, at
from .conftest import Caller, World

SOMEBODY = {"on_behalf_of": {"person_id": "0192f0c4-7a10-7b3e-8f00-00000000c001", "reason": "每周固定"}}


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    method: str = "post"
    status: int = 200


def plan(world: World, **more: Any) -> dict[str, Any]:
    """A body that books two days running at an hour nobody else has taken."""
    number = next(world.numbers)
    start = at("2026-11-24T09:00") + timedelta(days=2 * (number // 12), hours=number % 12)
    return {
        "space_id": str(world.house.spaces["council_pavilion"]),
        "rrule": "FREQ=DAILY;COUNT=2",
        "first_date": start.date().isoformat(),
        "local_start": f"{start:%H:%M}",
        "minutes": 60,
        **more,
    }


def arranged(world: World, who: Caller | None = None) -> dict[str, Any]:
    answer = (who or world.resident()).post("/series", plan(world))
    assert answer.status_code == 201, answer.text
    return answer.json()


def create_series(world: World) -> Request:
    return Request(world.resident(), "/series", plan(world), status=201)


def check_series(world: World) -> Request:
    return Request(world.resident(), "/series/check", plan(world))


def list_series(world: World) -> Request:
    arranged(world)
    return Request(world.counter(), "/series", method="get")


def list_my_series(world: World) -> Request:
    who = world.resident()
    arranged(world, who)
    return Request(who, "/my/series", method="get")


def list_left_behind(world: World) -> Request:
    return Request(world.counter(), "/left-behind-bookings", method="get")


def get_series(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/series/{arranged(world, who)['series_id']}", method="get")


def change_series(world: World) -> Request:
    who = world.resident()
    body = {"scope": "all", "space_id": str(world.house.spaces["elders_space"])}
    return Request(who, f"/series/{arranged(world, who)['series_id']}", body, 1, "patch")


def cancel_series(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/series/{arranged(world, who)['series_id']}/cancellation", {"scope": "all"}, 1)


LISTS = [list_series, list_my_series]
READS = [*LISTS, get_series, list_left_behind]
CHANGES = [change_series, cancel_series]
WRITES = [create_series, *CHANGES]
EVERY = [*READS, *WRITES, check_series]
NAMES = {prepare.__name__ for prepare in EVERY}


def send(request: Request, who: Caller | None = None, **more: Any):
    who = who or request.who
    if request.method == "get":
        return who.get(request.path)
    body, version = more.pop("body", request.body), more.pop("version", request.version)
    return who.send(request.method.upper(), request.path, body, version=version, **more)


@pytest.mark.parametrize("prepare", EVERY)
def test_nobody_without_a_token(world, prepare):
    answer = send(prepare(world), world.anonymous)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("prepare", EVERY)
def test_nobody_without_the_permission(world, prepare):
    answer = send(prepare(world), world.caller(frozenset({"venue.read"})))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("prepare", [get_series, create_series, check_series, *CHANGES])
def test_another_community_finds_nothing(world, prepare):
    answer = send(prepare(world), world.caller(COUNTER | RESIDENT, NEIGHBOUR, "community_worker"))

    assert answer.status_code == 404
    assert answer.json()["code"] in ("series_not_found", "space_not_found")


@pytest.mark.parametrize("prepare", LISTS)
def test_another_community_lists_nothing(world, prepare):
    answer = send(prepare(world), world.caller(COUNTER | RESIDENT, NEIGHBOUR))

    assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("prepare", EVERY)
def test_it_works_for_whom_it_is_meant(world, prepare):
    request = prepare(world)

    answer = send(request)

    assert answer.status_code == request.status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert prepare not in LISTS or answer.json()["items"]


@pytest.mark.parametrize("prepare", WRITES)
def test_the_same_key_twice_is_one_act_and_one_answer(world, prepare):
    request, key = prepare(world), str(uuid4())

    first, second = (send(request, key=key) for _ in range(2))

    assert first.status_code == request.status, first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["etag"] == first.headers["etag"]
    assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")


@pytest.mark.parametrize("prepare", WRITES)
def test_a_write_needs_a_key(world, prepare):
    answer = send(prepare(world), key=None)

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")


def test_a_trial_needs_no_key_because_it_changes_nothing(world):
    request = check_series(world)

    answers = [send(request, key=None) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["free_count"] == 2


@pytest.mark.parametrize("prepare", CHANGES)
def test_a_change_needs_the_version_that_was_seen(world, prepare):
    request = prepare(world)

    missing = send(request, version=None)
    stale = send(request, version=99)

    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize("prepare", [*WRITES, check_series])
def test_a_field_the_contract_does_not_name_is_refused(world, prepare):
    request = prepare(world)

    assert send(request, body={**request.body, "surprise": 1}).status_code == 400


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
