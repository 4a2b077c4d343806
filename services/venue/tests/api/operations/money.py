# SPDX-License-Identifier: Apache-2.0
"""Money and calendars: a request of each operation that succeeds."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from chassis.auth import Actor
from venue.schedule import HANDLERS
from venue.usecases.due import look_after

from ...conftest import WUFUQIAO, at
from ..conftest import BASE, Caller, World
from .request import Request, by_name, send

DAYS = count(1)


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
    assert send(world, close_day(world)).status_code == 201
    return Request(world.operator(), f"/venues/{world.house.venue_id}/days", method="get")


def list_calendar_feeds(world: World) -> Request:
    who = world.resident()
    feed(world, who)
    return Request(who, "/calendar-feeds", method="get")


def get_calendar(world: World) -> Request:
    return Request(world.anonymous, feed(world, world.resident())["address"].removeprefix(BASE), method="get")


def payment_callback(world: World) -> Request:
    message = send(world, decide_sandbox_payment(world)).json()
    return Request(world.anonymous, f"/payments/{message['provider']}/callbacks", message["callback"])


def take_deposit(world: World) -> Request:
    return Request(world.operator(), f"/bookings/{asks_deposit(world)['booking_id']}/deposit", {"amount_fen": 5000}, 1)


def list_deposits(world: World) -> Request:
    deposited(world)
    return Request(world.operator(), "/deposits", method="get")


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
    return Request(who, f"/bookings/{booking['booking_id']}/payments", body, 1)


def decide_sandbox_payment(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/payments/{payment(world, who)['payment_id']}/sandbox-decision", {"outcome": "paid"})


def close_day(world: World) -> Request:
    day = date(2025, 1, 1).toordinal() + next(DAYS)  # long past, so that no other test's money falls on it
    path = f"/venues/{world.house.venue_id}/days/{date.fromordinal(day)}/closing"
    return Request(world.operator(), path, {"counted_cash_fen": 0})


def create_calendar_feed(world: World) -> Request:
    return Request(world.resident(), "/calendar-feeds", {"kind": "person"})


def revoke_calendar_feed(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/calendar-feeds/{feed(world, who)['feed_id']}/revocation")


OPERATIONS = by_name(
    [
        get_calendar,
        payment_callback,
        get_booking_money,
        get_payment,
        get_day,
        list_days,
        list_calendar_feeds,
        take_deposit,
        list_deposits,
        refund_deposit,
        keep_deposit,
        start_payment,
        decide_sandbox_payment,
        close_day,
        create_calendar_feed,
        revoke_calendar_feed,
    ]
)
