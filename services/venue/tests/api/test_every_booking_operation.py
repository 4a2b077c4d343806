# SPDX-License-Identifier: Apache-2.0
"""Further operations on bookings and quotas: anonymous, without the permission, elsewhere, stale, spoiled, twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from ..conftest import NEIGHBOUR
from .conftest import Caller, World

NUMBERS = count(1)


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    method: str = "POST"


def room_by_approval(world: World) -> str:
    """A new room that is given by approval alone."""
    number = next(NUMBERS)
    body = {
        "code": f"hall_{number}", "name_zh": "会堂", "name_en": "Hall", "capacity": 30, "needs_approval": True,
        "new_atoms": [f"hall_{number}"],
        "prices": [{"regime": code, "price_fen_per_hour": 0} for code in ("public_benefit", "commercial")],
    }  # fmt: skip
    made = world.secretary().post(f"/venues/{world.house.venue_id}/spaces", body)
    assert made.status_code == 201, made.text
    return next(one["space_id"] for one in made.json()["spaces"] if one["code"] == body["code"])


def requested(world: World, who: Caller | None = None, room: str | None = None) -> dict[str, Any]:
    """A request that waits."""
    wish = world.wish() | {"space_id": room or room_by_approval(world)}
    answer = (who or world.resident()).post("/bookings", wish)
    assert (answer.status_code, answer.json()["state"]) == (201, "requested"), answer.text
    return answer.json()


def check_booking(world: World) -> Request:
    return Request(world.resident(), "/bookings/check", world.wish())


def confirm_booking(world: World) -> Request:
    who = world.resident()
    held = who.post("/bookings", world.wish(hold=True)).json()
    return Request(who, f"/bookings/{held['booking_id']}/confirmation", version=1)


def move_booking(world: World) -> Request:
    who, wish = world.resident(), world.wish("elders_space")
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}/move", wish, 1)


def approve_booking(world: World) -> Request:
    return Request(world.counter(), f"/bookings/{requested(world)['booking_id']}/approval", version=1)


def decline_booking(world: World) -> Request:
    return Request(world.counter(), f"/bookings/{requested(world)['booking_id']}/decline", {"reason": "已有安排"}, 1)


def list_requests(world: World) -> Request:
    return Request(world.counter(), "/booking-requests", method="GET")


def list_quotas(world: World) -> Request:
    return Request(world.resident(), f"/venues/{world.house.venue_id}/quotas", method="GET")


def set_quota(world: World) -> Request:
    body = {"subject": "person", "period": "day", "count_limit": 500}
    return Request(world.secretary(), f"/venues/{world.house.venue_id}/quotas", body)


def end_quota(world: World) -> Request:
    quota = send(set_quota(world)).json()
    return Request(world.secretary(), f"/quotas/{quota['quota_id']}/end", {}, 1)


READS = [list_requests, list_quotas]
CHANGES = [confirm_booking, move_booking, approve_booking, decline_booking, end_quota]
WRITES = [set_quota, *CHANGES]
ALL: list[Callable[[World], Request]] = [*READS, check_booking, *WRITES]
NAMES = {prepare.__name__ for prepare in ALL}
CREATED = {set_quota}


def send(request: Request, who: Caller | None = None, **more: Any):
    caller = who or request.who
    if request.method == "GET":
        return caller.get(request.path)
    version = more.pop("version", request.version)
    return caller.post(request.path, more.pop("body", request.body), version=version, **more)


@pytest.mark.parametrize("prepare", ALL)
def test_nobody_without_a_token(world, prepare):
    answer = send(prepare(world), world.anonymous)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("prepare", ALL)
def test_nobody_without_the_permission(world, prepare):
    answer = send(prepare(world), world.caller(frozenset({"engagement.own"})))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("prepare", [approve_booking, decline_booking, set_quota, end_quota])
def test_a_resident_does_not_decide(world, prepare):
    assert send(prepare(world), world.resident()).status_code == 403


@pytest.mark.parametrize("prepare", [one for one in ALL if one is not list_requests])
def test_another_community_finds_nothing(world, prepare):
    request = prepare(world)
    same = {
        approve_booking: world.counter, decline_booking: world.counter,
        set_quota: world.secretary, end_quota: world.secretary,
    }.get(prepare, world.resident)  # fmt: skip

    assert send(request, same(NEIGHBOUR)).status_code == 404


def test_another_community_lists_no_request(world):
    requested(world)

    assert send(list_requests(world), world.counter(NEIGHBOUR)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("prepare", ALL)
def test_it_works_for_whom_it_is_meant(world, prepare):
    answer = send(prepare(world))

    assert answer.status_code == (201 if prepare in CREATED else 200), answer.text


@pytest.mark.parametrize("prepare", WRITES)
def test_the_same_key_twice_is_one_act_and_one_answer(world, prepare):
    request, key = prepare(world), str(uuid4())

    first, second = (send(request, key=key) for _ in range(2))

    assert first.status_code in (200, 201), first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("prepare", WRITES)
def test_a_write_needs_a_key(world, prepare):
    answer = send(prepare(world), key=None)

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")


@pytest.mark.parametrize("prepare", CHANGES)
def test_a_change_needs_the_version_that_was_seen(world, prepare):
    request = prepare(world)

    missing, stale = send(request, version=None), send(request, version=99)

    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


SPOILT = {
    "an unknown field": lambda body: {**body, "colour": "red"},
    "wrong types": lambda body: {name: [] for name in body},
    "no object": lambda body: [body],
    "nothing": lambda body: {},
}


@pytest.mark.parametrize("prepare", [check_booking, move_booking, decline_booking, set_quota])
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_body_that_breaks_the_contract_changes_nothing(world, prepare, spoil):
    request = prepare(world)

    assert send(request, body=spoil(request.body)).status_code == 400
    assert send(request).status_code in (200, 201)


@pytest.mark.parametrize("written", ["infinity", "2026-11-26", "2026-02-30T19:00:00+08:00", "0001-01-01T00:00:00+14:00",
                                     "9999-12-31T23:59:59-12:00", "2026-11-26T25:00:00+08:00"])  # fmt: skip
def test_what_is_no_time_is_refused(world, written):
    for path in ("/bookings", "/bookings/check"):
        answer = world.resident().post(path, {**world.wish(), "starts_at": written})

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


BAD = {
    "inverted": ("2026-11-26T21:00:00+08:00", "2026-11-26T19:00:00+08:00", "ends_not_after_start"),
    "empty": ("2026-11-26T19:00:00+08:00", "2026-11-26T19:00:00+08:00", "ends_not_after_start"),
    "past": ("2020-11-26T19:00:00+08:00", "2020-11-26T20:00:00+08:00", "in_the_past"),
    "a century": ("2026-11-26T19:00:00+08:00", "2126-11-26T19:00:00+08:00", "too_long"),
    "far ahead": ("2199-11-26T19:00:00+08:00", "2199-11-26T20:00:00+08:00", "too_far_ahead"),
    "over midnight, where it is closed": ("2026-11-26T21:00:00+08:00", "2026-11-27T01:00:00+08:00", "outside_opening"),
}


@pytest.mark.parametrize(("starts", "ends", "code"), BAD.values(), ids=BAD)
def test_bad_times_are_refused_with_the_rules_code_by_booking_checking_and_moving(world, starts, ends, code):
    who, times = world.resident(), {"starts_at": starts, "ends_at": ends}
    booking = world.booked(who)
    wish = {"space_id": booking["space_id"], **times}

    booked, checked = who.post("/bookings", wish), who.post("/bookings/check", wish)
    moved = who.post(f"/bookings/{booking['booking_id']}/move", times, version=1)

    assert (booked.status_code, booked.json()["code"]) == (422, code)
    assert (moved.status_code, moved.json()["code"]) == (422, code)
    assert (checked.status_code, checked.json()["allowed"]) == (200, False)
    assert code in [one["code"] for one in checked.json()["failures"]]
    assert who.get(f"/bookings/{booking['booking_id']}").json() == booking
