# SPDX-License-Identifier: Apache-2.0
"""Money through the API: paying online, the day's end, and what nobody else learns of it."""

from __future__ import annotations

from uuid import UUID

import pytest

from .operations.money import (
    close_day,
    decide_sandbox_payment,
    get_booking_money,
    get_payment,
    payment,
    start_payment,
    take_deposit,
)
from .operations.request import send


@pytest.mark.parametrize("prepare", [get_booking_money, get_payment, start_payment, decide_sandbox_payment])
def test_another_resident_finds_nothing(world, prepare):
    answer = send(world, prepare(world), world.resident())

    assert answer.status_code == 404, answer.text


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
