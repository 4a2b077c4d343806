# SPDX-License-Identifier: Apache-2.0
"""Each operation: anonymous, without the permission, from another community, with a bad body, and twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import yaml

from ..conftest import CONTRACTS, NEIGHBOUR, at
from .conftest import Caller, World
from .test_every_booking_operation import NAMES as OF_BOOKINGS
from .test_every_money_operation import NAMES as OF_MONEY
from .test_every_presence_operation import NAMES as OF_PRESENCE
from .test_every_series_operation import NAMES as OF_SERIES
from .test_every_sitting_operation import NAMES as OF_SITTINGS
from .test_every_venue_operation import NAMES as OF_VENUES


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    starts_at: str | None = None


def availability(world: World) -> Request:
    return Request(world.resident(), f"/availability?venue_id={world.house.venue_id}")


def list_bookings(world: World) -> Request:
    return Request(world.operator(), "/bookings")


def list_my_bookings(world: World) -> Request:
    return Request(world.resident(), "/my/bookings")


def get_booking(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}")


def book_space(world: World) -> Request:
    return Request(world.resident(), "/bookings", world.wish())


def cancel_booking(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}/cancellation", version=1)


def check_in(world: World) -> Request:
    booking = world.booked()
    return Request(
        world.operator(), f"/bookings/{booking['booking_id']}/check-in", version=1, starts_at=booking["starts_at"]
    )


def check_out(world: World) -> Request:
    return Request(world.operator(), f"/bookings/{world.checked_in()['booking_id']}/check-out", version=2)


def settle_booking(world: World) -> Request:
    booking = world.checked_in()
    body = {"method": "cash", "amount_fen": booking["price_fen"]}
    return Request(world.operator(), f"/bookings/{booking['booking_id']}/settlement", body, 2)


def reverse_settlement(world: World) -> Request:
    path = f"/bookings/{world.settled()['booking_id']}/settlement/reversal"
    return Request(world.operator(), path, {"reason_code": "wrong_amount"}, 3)


READS = [availability, list_bookings, list_my_bookings, get_booking]
CHANGES = [cancel_booking, check_in, check_out, settle_booking, reverse_settlement]
WRITES = [book_space, *CHANGES]


def send(world: World, request: Request, who: Caller | None = None, **more: Any):
    who = who or request.who
    if request.body is None and request.version is None:
        return who.get(request.path)
    if request.starts_at:
        world.clock.set(at(request.starts_at[:16]))
    version = more.pop("version", request.version)
    return who.post(request.path, more.pop("body", request.body), version=version, **more)


def test_no_operation_of_the_contract_is_forgotten_here():
    contract = yaml.safe_load((CONTRACTS / "openapi" / "venue.v1.yaml").read_text("utf-8"))
    named = {
        entry["operationId"]
        for item in contract["paths"].values()
        for method, entry in item.items()
        if method in ("get", "post", "patch", "delete", "put")
    }

    tried = {prepare.__name__ for prepare in READS + WRITES} - {"availability"} | {"get_availability"}
    elsewhere = OF_BOOKINGS | OF_SITTINGS | OF_MONEY | OF_PRESENCE | OF_SERIES | OF_VENUES | {"import_bookings"}
    assert named == tried | elsewhere | {"list_venues", "get_public_week"}


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_nobody_without_a_token(world, prepare):
    answer = send(world, prepare(world), world.anonymous)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_nobody_without_the_permission(world, prepare):
    stranger = world.caller(frozenset({"engagement.own"}))

    answer = send(world, prepare(world), stranger)

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("prepare", [availability, get_booking, book_space, *CHANGES])
def test_another_community_finds_nothing(world, prepare):
    request = prepare(world)
    same_rights = {"get_booking": world.operator, "cancel_booking": world.counter}.get(prepare.__name__)
    if same_rights is None:
        same_rights = world.operator if request.who.headers and prepare in CHANGES else world.resident

    answer = send(world, request, same_rights(NEIGHBOUR))

    assert answer.status_code == 404
    assert answer.json()["code"] in ("venue_not_found", "space_not_found", "booking_not_found")


@pytest.mark.parametrize("prepare", [list_bookings, list_my_bookings])
def test_another_community_lists_nothing(world, prepare):
    world.booked()
    who = {"list_bookings": world.operator, "list_my_bookings": world.resident}[prepare.__name__](NEIGHBOUR)

    assert send(world, prepare(world), who).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_it_works_for_whom_it_is_meant(world, prepare):
    answer = send(world, prepare(world))

    assert answer.status_code == (201 if prepare is book_space else 200), answer.text
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("prepare", WRITES)
def test_the_same_key_twice_is_one_act_and_one_answer(world, prepare):
    request, key = prepare(world), str(uuid4())

    first, second = (send(world, request, key=key) for _ in range(2))

    assert first.status_code in (200, 201)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["etag"] == first.headers["etag"]
    assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")


@pytest.mark.parametrize("prepare", [book_space, settle_booking, reverse_settlement])
def test_the_same_key_with_another_body_is_refused(world, prepare):
    request, key = prepare(world), str(uuid4())
    other = {
        "book_space": {**(request.body or {}), "party_size": 2},
        "settle_booking": {"method": "cash", "amount_fen": 1},
        "reverse_settlement": {"reason_code": "other"},
    }[prepare.__name__]
    assert send(world, request, key=key).status_code in (200, 201)

    answer = send(world, request, key=key, body=other)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("prepare", CHANGES)
def test_a_key_used_for_one_booking_says_nothing_about_another(world, prepare):
    key = str(uuid4())
    send(world, prepare(world), key=key)

    answer = send(world, prepare(world), key=key)

    assert answer.status_code == 422 or "idempotency-replayed" not in answer.headers


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


BAD = {
    "an unknown field": lambda body: {**body, "division_name": "x"},
    "a wrong type": lambda body: {name: [] for name in body},
    "a missing field": lambda body: dict(list(body.items())[1:]),
    "no object": lambda body: [body],
    "nothing": lambda body: {},
}


@pytest.mark.parametrize("prepare", [book_space, settle_booking, reverse_settlement])
@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD.keys())
def test_a_body_that_breaks_the_contract_changes_nothing(world, prepare, spoil):
    request = prepare(world)

    answer = send(world, request, body=spoil(request.body))

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert send(world, request).status_code in (200, 201)


MALFORMED = [
    "/bookings/nonsense",
    "/bookings?date=2026-13-01",
    "/bookings?state=lost",
    "/bookings?cursor=%25",
    "/bookings?limit=0",
    "/bookings?colour=red",
    "/availability",
    "/availability?venue_id=x",
    "/availability?venue_id={venue}&days=32",
    "/availability?venue_id={venue}&from=0001-01-01",
]


@pytest.mark.parametrize("path", MALFORMED)
def test_a_malformed_address_is_refused(world, path):
    who = world.operator()

    answer = who.get(path.format(venue=world.house.venue_id))

    assert answer.status_code == 400
