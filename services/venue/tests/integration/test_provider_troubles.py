# SPDX-License-Identifier: Apache-2.0
"""What one payment or refund that the provider cannot serve does to all the others: nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from venue.deps import InProcess
from venue.payments.provider import ProviderDown, Refused
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.money import provider_round

from ..conftest import WUFUQIAO, book, resident
from .paying import EVENING, TERMS, decide, deliver, key, paid, pending, start, state, work_on

ROOMS = ("council_pavilion", "elders_space", "book_room")
EXECUTED = "SELECT count(*) FROM refund_executions"
AWAITED = "SELECT count(*) FROM due WHERE kind = 'payments'"


@pytest.fixture
def online(house, database):
    """The venue takes online payments."""
    with database.superuser() as connection:
        connection.execute(TERMS)


@pytest.fixture
def booked(deps, house, online):
    """Three guests, each with a room of Thursday evening: (guest, booking)."""
    guests = [resident() for _ in ROOMS]
    return [(guest, book(deps, guest, house.spaces[room], *EVENING)) for guest, room in zip(guests, ROOMS, strict=True)]


def fail_for(deps, monkeypatch, name: str, payment: dict, error: Exception) -> None:
    """Have one of the provider's answers fail for one payment, whenever it is asked."""
    real: Callable = getattr(deps.payments, name)

    def answer(reference: str, *more: object) -> object:
        if reference == f"{WUFUQIAO}.{payment['payment_id']}":
            raise error
        return real(reference, *more)

    monkeypatch.setattr(deps.payments, name, answer)


@pytest.mark.parametrize("error", [ProviderDown("nonsense for this one"), ValueError("nonsense that was believed")])
def test_a_payment_the_provider_cannot_answer_for_holds_up_no_other_and_no_refund(
    deps, booked, frozen_clock, look, monkeypatch, error
):
    (first, one), (second, two), (third, three) = booked
    paid(deps, third, three)
    cannot_be_told = start(deps, first, one)
    fail_for(deps, monkeypatch, "query", cannot_be_told, error)
    goes_on = start(deps, second, two)
    cancel_booking(deps, third, key(three), InProcess())

    for _ in range(2):
        work_on(deps)
        frozen_clock.advance(minutes=1)

    assert state(deps, second, goes_on) == "pending"
    assert look(EXECUTED) == [(1,)]


def test_a_payment_the_provider_cannot_answer_for_expires_all_the_same(deps, booked, frozen_clock, monkeypatch):
    guest, booking = booked[0]
    cannot_be_told = start(deps, guest, booking)
    fail_for(deps, monkeypatch, "query", cannot_be_told, ProviderDown("nonsense for this one"))
    work_on(deps)

    frozen_clock.advance(minutes=16)
    work_on(deps)

    assert state(deps, guest, cannot_be_told) == "expired"


def test_what_the_provider_will_not_take_on_has_failed_and_can_be_tried_again(deps, booked, monkeypatch):
    guest, booking = booked[0]
    refused = start(deps, guest, booking)
    fail_for(deps, monkeypatch, "create_intent", refused, Refused("not in this currency"))
    work_on(deps)
    assert state(deps, guest, refused) == "failed"

    again = pending(deps, guest, booking)

    assert (again["state"], deliver(deps, decide(deps, guest, again))) == ("pending", "settled")


def test_a_provider_that_answers_nobody_is_left_in_peace_for_this_round(deps, booked, monkeypatch, look):
    monkeypatch.setattr(provider_round, "GIVEN_UP_AFTER", 2)
    for guest, booking in booked:
        start(deps, guest, booking)
    asked = []

    def answer_nobody(reference: str) -> None:
        asked.append(reference)
        raise ProviderDown(reference)

    monkeypatch.setattr(deps.payments, "query", answer_nobody)
    work_on(deps)

    assert len(asked) == 2
    assert look(AWAITED) == [(1,)]


def test_who_stands_behind_those_that_fail_is_reached_in_one_of_the_next_rounds(
    deps, booked, frozen_clock, look, monkeypatch
):
    monkeypatch.setattr(provider_round, "GIVEN_UP_AFTER", 1)
    payments = [paid(deps, guest, booking) for guest, booking in booked]
    for guest, booking in booked:
        cancel_booking(deps, guest, key(booking), InProcess())
    fail_for(deps, monkeypatch, "refund", payments[0], ProviderDown("nonsense for this one"))

    for order in (list, reversed):
        monkeypatch.setattr(provider_round, "mixed", order)
        work_on(deps)
        work_on(deps)
        frozen_clock.advance(minutes=1)

    assert look(EXECUTED) == [(2,)]


def test_every_refund_is_carried_out_however_many_fell_due_at_once(deps, booked, look, monkeypatch):
    monkeypatch.setattr(provider_round, "AT_ONCE", 1)
    for guest, booking in booked:
        paid(deps, guest, booking)
    for guest, booking in booked:
        cancel_booking(deps, guest, key(booking), InProcess())

    for _ in range(2):
        work_on(deps)

    assert look(EXECUTED) == [(len(booked),)]


def test_money_nobody_could_use_goes_back_however_much_of_it_came_at_once(deps, booked, look, monkeypatch):
    monkeypatch.setattr(provider_round, "AT_ONCE", 1)
    payments = [pending(deps, guest, booking) for guest, booking in booked]
    for (guest, booking), payment in zip(booked, payments, strict=True):
        cancel_booking(deps, guest, key(booking), InProcess())
        assert deliver(deps, decide(deps, guest, payment)) == "sent_back"

    work_on(deps)

    assert look("SELECT count(*) FROM payment_intents WHERE state = 'refunded'") == [(len(booked),)]


def test_refunds_the_provider_refuses_keep_no_later_one_waiting(deps, booked, look, monkeypatch):
    monkeypatch.setattr(provider_round, "AT_ONCE", 1)
    payments = [paid(deps, guest, booking) for guest, booking in booked]
    for payment in payments[:2]:
        fail_for(deps, monkeypatch, "refund", payment, Refused("not enough money"))
    for guest, booking in booked:
        cancel_booking(deps, guest, key(booking), InProcess())

    for _ in range(2):
        work_on(deps)

    assert look(EXECUTED) == [(1,)]
    ((tried_again,),) = look("SELECT max(due_at) FROM due WHERE kind = 'payments'")
    assert tried_again == deps.clock.now() + timedelta(minutes=10)
