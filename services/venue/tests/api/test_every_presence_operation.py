# SPDX-License-Identifier: Apache-2.0
"""Each operation of the waiting list and of being there: anonymous, unpermitted, foreign, with a bad body, twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ..conftest import NEIGHBOUR, WUFUQIAO, at
from .conftest import MONDAY_MORNING, Caller, World

KEEPS = frozenset({"venue.read", "venue.manage"})


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it; ``at`` is when it is sent."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    at: str | None = None
    method: str = "post"
    status: int = 200


def secretary(world: World, division: str = WUFUQIAO) -> Caller:
    """Who keeps the venue."""
    return world.caller(KEEPS, division, "community_secretary")


def wish(world: World, **more: Any) -> dict[str, Any]:
    """A wish for an hour that somebody has just taken."""
    booking = world.booked()
    return {"minutes": 60, **{name: booking[name] for name in ("space_id", "starts_at", "ends_at")}, **more}


def entry(world: World, who: Caller | None = None) -> dict[str, Any]:
    answer = (who or world.resident()).post("/waiting-entries", wish(world))
    assert answer.status_code == 201, answer.text
    return answer.json()


def mark(world: World, who: Caller | None = None, *, appealed: bool = False) -> dict[str, Any]:
    """A mark for a booking taken back too late."""
    who = who or world.resident()
    booking = world.booked(who)
    world.clock.set(at(booking["starts_at"][:16]) - timedelta(minutes=5))
    assert who.post(f"/bookings/{booking['booking_id']}/cancellation", version=1).status_code == 200
    found = who.get("/my/marks").json()["items"][0]
    if appealed:
        answer = who.post(f"/marks/{found['mark_id']}/appeal", {"text": "当天住院"}, version=1)
        assert answer.status_code == 200, answer.text
        found = answer.json()
    return found


def exemption(world: World) -> dict[str, Any]:
    body = {"person_id": str(uuid4()), "reason": "高龄独居", "until_on": "2027-06-30"}
    return world.counter().post("/exemptions", body).json()


def display(world: World) -> dict[str, Any]:
    body = {"space_id": str(world.house.spaces["book_room"]), "label": "东门"}
    answer = secretary(world).post("/displays", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def join_waiting_list(world: World) -> Request:
    return Request(world.resident(), "/waiting-entries", wish(world), status=201)


def leave_waiting_list(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/waiting-entries/{entry(world, who)['entry_id']}/departure", version=1)


def list_my_waiting(world: World) -> Request:
    who = world.resident()
    entry(world, who)
    return Request(who, "/my/waiting-entries", method="get")


def list_waiting(world: World) -> Request:
    entry(world)
    return Request(world.counter(), "/waiting-entries?state=waiting", method="get")


def check_in_here(world: World) -> Request:
    who, shown = world.resident(), display(world)
    booking = world.booked(who)
    world.clock.set(at(booking["starts_at"][:16]))
    code = world.anonymous.get(f"/door-displays/{shown['token']}").json()["check_in_code"]
    return Request(who, "/my/check-ins", {"space_id": booking["space_id"], "code": code}, at=booking["starts_at"])


def check_in_many(world: World) -> Request:
    booking = world.booked()
    ticked = [{"booking_id": booking["booking_id"], "version": 1}]
    return Request(world.operator(), "/check-ins", {"bookings": ticked}, at=booking["starts_at"])


def send_offline_check_ins(world: World) -> Request:
    booking = world.booked()
    note = {"nonce": str(uuid4()), "happened_at": booking["starts_at"], "pick_up_code": booking["pick_up_code"]}
    return Request(
        world.operator(), "/check-ins/offline", {"device": "柜台平板", "notes": [note]}, at=booking["starts_at"]
    )


def list_my_marks(world: World) -> Request:
    who = world.resident()
    mark(world, who)
    return Request(who, "/my/marks", method="get")


def list_marks(world: World) -> Request:
    mark(world)
    return Request(world.counter(), "/marks?state=standing", method="get")


def appeal_mark(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/marks/{mark(world, who)['mark_id']}/appeal", {"text": "当天住院"}, 1)


def decide_appeal(world: World) -> Request:
    one = mark(world, appealed=True)
    return Request(world.counter(), f"/marks/{one['mark_id']}/decision", {"outcome": "excused", "reason": "属实"}, 2)


def excuse_mark(world: World) -> Request:
    return Request(world.counter(), f"/marks/{mark(world)['mark_id']}/excuse", {"reason": "停电"}, 1)


def list_exemptions(world: World) -> Request:
    exemption(world)
    return Request(world.counter(), "/exemptions", method="get")


def grant_exemption(world: World) -> Request:
    body = {"person_id": str(uuid4()), "reason": "高龄独居", "until_on": "2027-06-30"}
    return Request(world.counter(), "/exemptions", body, status=201)


def end_exemption(world: World) -> Request:
    return Request(world.counter(), f"/exemptions/{exemption(world)['exemption_id']}/end", version=1)


def list_displays(world: World) -> Request:
    display(world)
    return Request(secretary(world), "/displays", method="get")


def create_display(world: World) -> Request:
    body = {"space_id": str(world.house.spaces["book_room"]), "label": "东门"}
    return Request(secretary(world), "/displays", body, status=201)


def revoke_display(world: World) -> Request:
    return Request(secretary(world), f"/displays/{display(world)['display_id']}/revocation", version=1)


def renew_door_secret(world: World) -> Request:
    return Request(secretary(world), f"/venues/{world.house.venue_id}/door-secret", {})


READS = [list_my_waiting, list_waiting, list_my_marks, list_marks, list_exemptions, list_displays]
CHANGES = [leave_waiting_list, appeal_mark, decide_appeal, excuse_mark, end_exemption, revoke_display]
WRITES = [
    join_waiting_list,
    check_in_here,
    check_in_many,
    send_offline_check_ins,
    grant_exemption,
    create_display,
    renew_door_secret,
    *CHANGES,
]
WITH_BODY = [one for one in WRITES if one not in (leave_waiting_list, end_exemption, revoke_display, renew_door_secret)]
FOREIGN = [join_waiting_list, check_in_here, create_display, renew_door_secret, *CHANGES]
NAMES = {one.__name__ for one in READS + WRITES} | {"get_door_display"}


def send(world: World, request: Request, who: Caller | None = None, **more: Any):
    who = who or request.who
    world.clock.set(at(request.at[:16]) if request.at else world.clock.now())
    if request.method == "get":
        return who.get(request.path)
    return who.post(request.path, more.pop("body", request.body), version=more.pop("version", request.version), **more)


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_nobody_without_a_token(world, prepare):
    answer = send(world, prepare(world), world.anonymous)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_nobody_without_the_permission(world, prepare):
    answer = send(world, prepare(world), world.caller(frozenset({"engagement.own"})))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("prepare", FOREIGN)
def test_another_community_finds_nothing(world, prepare):
    request = prepare(world)
    rights = frozenset({"venue.book", "venue.counter", "venue.operate", "venue.manage"})
    stranger = world.caller(rights, NEIGHBOUR, subject=request.who.subject)

    answer = send(world, request, stranger)

    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("prepare", READS)
def test_another_community_lists_nothing(world, prepare):
    request = prepare(world)
    rights = frozenset({"venue.book", "venue.counter", "venue.manage"})

    answer = send(world, request, world.caller(rights, NEIGHBOUR, subject=request.who.subject))

    assert answer.json()["items"] == []


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_it_works_for_whom_it_is_meant(world, prepare):
    request = prepare(world)

    answer = send(world, request)

    assert answer.status_code == request.status, answer.text
    if request.method == "get":
        assert answer.json()["items"]


@pytest.mark.parametrize("prepare", WRITES)
def test_the_same_key_twice_is_one_act_and_one_answer(world, prepare):
    request, key = prepare(world), str(uuid4())

    first, second = (send(world, request, key=key) for _ in range(2))

    assert first.status_code == request.status, first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("prepare", WRITES)
def test_a_write_needs_a_key(world, prepare):
    answer = send(world, prepare(world), key=None)

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")


@pytest.mark.parametrize("prepare", CHANGES)
def test_a_change_needs_the_version_that_was_seen(world, prepare):
    request = prepare(world)

    missing = send(world, request, version=None)
    stale = send(world, request, version=99)

    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize("prepare", WITH_BODY)
@pytest.mark.parametrize("spoil", ["unknown", "missing", "type"])
def test_a_body_that_breaks_the_contract_changes_nothing(world, prepare, spoil):
    request = prepare(world)
    body = {
        "unknown": {**request.body, "colour": "red"},
        "missing": dict(list(request.body.items())[1:]),
        "type": dict.fromkeys(request.body, 7.5),
    }[spoil]

    answer = send(world, request, body=body)

    assert answer.status_code == 400
    assert send(world, request).status_code == request.status


def test_a_display_needs_no_sign_in_and_shows_nothing_to_who_guesses(world):
    shown = world.anonymous.get(f"/door-displays/{display(world)['token']}")

    assert shown.status_code == 200
    assert set(shown.json()) >= {"state", "until", "next", "check_in_code"}
    assert world.anonymous.get(f"/door-displays/{WUFUQIAO}-{'A' * 32}").status_code == 404
    assert world.anonymous.get("/door-displays/nonsense").status_code == 400


def test_who_waits_for_a_free_hour_is_told_what_to_book(world):
    body = {**world.wish(), "minutes": 60}

    answer = world.resident().post("/waiting-entries", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_is_free")
    assert answer.json()["alternatives"][0]["starts_at"] == body["starts_at"]


def test_an_offer_is_seen_confirmed_and_gone_from_the_list(world):
    holder, waiter = world.resident(), world.resident()
    booking = world.booked(holder)
    body = {"minutes": 60, **{name: booking[name] for name in ("space_id", "starts_at", "ends_at")}}
    waiter.post("/waiting-entries", body)

    holder.post(f"/bookings/{booking['booking_id']}/cancellation", version=1)
    offer = waiter.get("/my/waiting-entries").json()["items"][0]["offer"]
    confirmed = waiter.post(f"/bookings/{offer['booking_id']}/confirmation", version=offer["booking_version"])

    assert confirmed.json()["state"] == "confirmed"
    assert waiter.get("/my/waiting-entries").json()["items"][0]["state"] == "accepted"


def test_pages_of_marks_and_entries_continue_where_they_ended(world):
    who = world.resident()
    for _ in range(3):
        mark(world, who)
        world.clock.set(MONDAY_MORNING)

    first = who.get("/my/marks", limit=2).json()
    second = who.get("/my/marks", limit=2, cursor=first["next_cursor"]).json()

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
