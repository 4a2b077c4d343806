# SPDX-License-Identifier: Apache-2.0
"""Each operation of money and calendars: anonymous, unpermitted, foreign, with a bad body, and twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.auth import Actor
from venue.schedule import HANDLERS
from venue.usecases.due import look_after

from ..conftest import NEIGHBOUR, WUFUQIAO, at
from .conftest import Caller, World

DAYS = count(1)


@pytest.fixture(scope="module", autouse=True)
def terms_of_money(shared: World) -> Iterator[None]:
    """Evenings ask for a deposit of ¥50 and can be paid online."""
    with shared.deps.database.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        work.driver.execute("UPDATE venues SET pays_online = true WHERE division_code = %s", (WUFUQIAO,))
        work.commit()
    yield


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    method: str = "post"
    status: int = 200


def asks_deposit(world: World) -> dict[str, Any]:
    """A booking that asks for a deposit, as if it had been made under such a price."""
    booking = world.booked()
    with world.deps.database.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        work.driver.execute("UPDATE bookings SET deposit_fen = 5000 WHERE id = %s", (booking["booking_id"],))
        work.commit()
    return booking


def deposited(world: World) -> dict[str, Any]:
    booking = asks_deposit(world)
    path = f"/bookings/{booking['booking_id']}/deposit"
    answer = world.operator().post(path, {"amount_fen": 5000}, version=1)
    assert answer.status_code == 200, answer.text
    return answer.json()


def payment(world: World, who: Caller) -> dict[str, Any]:
    """A payment that waits for its payer."""
    booking = world.booked(who)
    body = {"amount_fen": booking["price_fen"], "currency": "CNY"}
    answer = who.post(f"/bookings/{booking['booking_id']}/payments", body, version=1)
    assert answer.status_code == 201, answer.text
    look_after(world.deps, HANDLERS)
    return answer.json()


def feed(world: World, who: Caller) -> dict[str, Any]:
    return who.post("/calendar-feeds", {"kind": "person"}).json()


def get_booking_money(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}/money", method="get")


def get_payment(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/payments/{payment(world, who)['payment_id']}", method="get")


def get_day(world: World) -> Request:
    return Request(world.operator(), f"/venues/{world.house.venue_id}/days/2026-11-20", method="get")


def list_days(world: World) -> Request:
    return Request(world.operator(), f"/venues/{world.house.venue_id}/days", method="get")


def list_calendar_feeds(world: World) -> Request:
    who = world.resident()
    feed(world, who)
    return Request(who, "/calendar-feeds", method="get")


def take_deposit(world: World) -> Request:
    return Request(world.operator(), f"/bookings/{asks_deposit(world)['booking_id']}/deposit", {"amount_fen": 5000}, 1)


def refund_deposit(world: World) -> Request:
    return Request(world.operator(), f"/bookings/{deposited(world)['booking_id']}/deposit/refund", version=2)


def keep_deposit(world: World) -> Request:
    booking = deposited(world)
    world.clock.set(at(booking["starts_at"][:16]))
    answer = world.operator().post(f"/bookings/{booking['booking_id']}/check-in", version=2)
    assert answer.status_code == 200, answer.text
    path = f"/bookings/{booking['booking_id']}/deposit/keeping"
    return Request(world.operator(), path, {"reason_code": "damage"}, 3)


def start_payment(world: World) -> Request:
    who = world.resident()
    booking = world.booked(who)
    body = {"amount_fen": booking["price_fen"], "currency": "CNY"}
    return Request(who, f"/bookings/{booking['booking_id']}/payments", body, 1, status=201)


def decide_sandbox_payment(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/payments/{payment(world, who)['payment_id']}/sandbox-decision", {"outcome": "paid"})


def close_day(world: World) -> Request:
    day = date(2025, 1, 1).toordinal() + next(DAYS)  # long past, so that no other test's money falls on it
    path = f"/venues/{world.house.venue_id}/days/{date.fromordinal(day)}/closing"
    return Request(world.operator(), path, {"counted_cash_fen": 0}, status=201)


def create_calendar_feed(world: World) -> Request:
    return Request(world.resident(), "/calendar-feeds", {"kind": "person"}, status=201)


def revoke_calendar_feed(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/calendar-feeds/{feed(world, who)['feed_id']}/revocation")


READS = [get_booking_money, get_payment, get_day, list_days, list_calendar_feeds]
CHANGES = [take_deposit, refund_deposit, keep_deposit, start_payment]
WRITES = [*CHANGES, decide_sandbox_payment, close_day, create_calendar_feed, revoke_calendar_feed]
WITH_BODY = [take_deposit, keep_deposit, start_payment, decide_sandbox_payment, close_day, create_calendar_feed]
FOREIGN = [one for one in READS + WRITES if one not in (list_calendar_feeds, create_calendar_feed)]
NAMES = {one.__name__ for one in READS + WRITES} | {"get_calendar", "payment_callback"}


def send(world: World, request: Request, who: Caller | None = None, **more: Any):
    who = who or request.who
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
    rights = frozenset({"venue.book", "venue.operate"})

    answer = send(world, request, world.caller(rights, NEIGHBOUR, subject=request.who.subject))

    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("prepare", [get_booking_money, get_payment, start_payment, decide_sandbox_payment])
def test_another_resident_finds_nothing(world, prepare):
    answer = send(world, prepare(world), world.resident())

    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_it_works_for_whom_it_is_meant(world, prepare):
    request = prepare(world)

    answer = send(world, request)

    assert answer.status_code == request.status, answer.text


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


@pytest.mark.parametrize("amount", [0, -1, 100_000_001, "60", None])
def test_no_amount_that_makes_no_sense_reaches_a_rule(world, amount):
    request = take_deposit(world)

    assert send(world, request, body={"amount_fen": amount}).status_code == 400


def test_a_payment_goes_from_the_wish_to_the_receipt(world):
    who = world.resident()
    started = payment(world, who)
    path = f"/payments/{started['payment_id']}"
    assert who.get(path).json()["pay_url"] == f"/my/payments/sandbox/{started['payment_id']}"

    message = who.post(f"{path}/sandbox-decision", {"outcome": "paid"}).json()
    told = world.client.post(f"/api/venue/v1/payments/{message['provider']}/callbacks", json=message["callback"])
    again = world.client.post(f"/api/venue/v1/payments/{message['provider']}/callbacks", json=message["callback"])

    assert (told.json(), again.json()) == ({"outcome": "settled"}, {"outcome": "repeated"})
    money = who.get(f"/bookings/{started['booking_id']}/money").json()
    assert (money["settlement"]["method"], who.get(path).json()["state"]) == ("online", "succeeded")
    assert who.get(f"/bookings/{started['booking_id']}").json()["settlement"]["method"] == "online"


def test_a_callback_that_is_not_genuine_finds_nothing(world):
    body = {"payload": "{}", "timestamp": 1, "signature": "0" * 64}

    for provider in ("sandbox", "another_bank"):
        assert world.client.post(f"/api/venue/v1/payments/{provider}/callbacks", json=body).status_code == 404


def test_the_operator_sees_the_money_of_a_booking_and_no_person(world):
    guest = world.resident()
    booking = world.booked(guest)

    answer = world.operator().get(f"/bookings/{booking['booking_id']}/money")

    assert answer.status_code == 200
    assert guest.subject not in answer.text


def test_a_closed_day_is_listed_and_closed_once(world):
    request = close_day(world)
    assert send(world, request).json()["closing"]["difference_fen"] == 0

    again = send(world, request)

    day = request.path.split("/")[-2]
    assert (again.status_code, again.json()["code"]) == (409, "day_closed")
    listed = world.operator().get(f"/venues/{world.house.venue_id}/days").json()["items"]
    assert day in {one["day"] for one in listed}
    assert UUID(world.operator().get(f"/venues/{world.house.venue_id}/days/{day}").json()["venue_id"])
