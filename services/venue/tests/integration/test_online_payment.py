# SPDX-License-Identifier: Apache-2.0
"""Paying online with a provider that is slow, repeats itself, mixes things up, is impersonated, or is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from chassis.errors import AppError, Conflict, NotFound, Unprocessable
from venue.deps import InProcess
from venue.payments import signing
from venue.payments.provider import ProviderDown, Refused
from venue.schedule import HANDLERS
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.due import look_after
from venue.usecases.money import booking_money, day_statements, payments, settlement
from venue.usecases.presence import attendance

from ..conftest import at, book, operator, resident
from .paying import (
    EVENING,
    SECRET,
    TERMS,
    decide,
    deliver,
    key,
    paid,
    pending,
    signed,
    start,
    state,
    told_of,
    work_on,
)


@pytest.fixture
def guest():
    return resident()


@pytest.fixture
def online(house, database):
    """The venue takes online payments and gives half back of what is cancelled late."""
    with database.superuser() as connection:
        connection.execute(TERMS)


@pytest.fixture
def booking(deps, house, online, guest):
    return book(deps, guest, house.spaces["council_pavilion"], *EVENING)


def test_the_request_only_stores_the_wish_and_the_worker_asks(deps, guest, booking):
    started = start(deps, guest, booking)
    assert (started["state"], started["pay_url"]) == ("created", None)

    work_on(deps)

    waiting = payments.get_payment(deps, guest, UUID(started["payment_id"]))
    assert waiting["state"] == "pending"
    assert waiting["pay_url"] == f"/my/payments/sandbox/{started['payment_id']}"


def test_paid_it_is_a_settlement_under_the_next_receipt(deps, guest, booking, look):
    payment = pending(deps, guest, booking)

    assert deliver(deps, decide(deps, guest, payment)) == "settled"

    money = booking_money.booking_money(deps, guest, key(booking), "zh")
    assert (money["settlement"]["method"], money["settlement"]["receipt_no"]) == ("online", 1)
    assert state(deps, guest, payment) == "succeeded"
    (payload,) = look("SELECT payload FROM outbox WHERE type LIKE '%%settled%%'")[0]
    assert json.loads(bytes(payload))["data"]["method"] == "online"


def test_a_callback_sent_sixteen_times_at_once_settles_once(deps, guest, booking, look):
    callback = decide(deps, guest, pending(deps, guest, booking))
    barrier = Barrier(16)

    def send(_number):
        barrier.wait()
        return deliver(deps, callback)

    with ThreadPoolExecutor(16) as senders:
        outcomes = list(senders.map(send, range(16)))

    assert sorted(set(outcomes)) == ["repeated", "settled"]
    assert outcomes.count("settled") == 1
    assert look("SELECT count(*) FROM settlements") == [(1,)]


def test_told_again_under_another_id_it_is_settled_once(deps, guest, booking, look):
    payment = paid(deps, guest, booking)

    assert deliver(deps, signed(told_of(payment, event="another"))) == "repeated"

    assert look("SELECT count(*) FROM settlements") == [(1,)]
    assert state(deps, guest, payment) == "succeeded"


def test_a_lost_callback_is_found_by_asking(deps, guest, booking, frozen_clock):
    payment = pending(deps, guest, booking)
    decide(deps, guest, payment)  # and the message is lost

    frozen_clock.advance(seconds=20)
    work_on(deps)

    assert state(deps, guest, payment) == "succeeded"


def test_a_failure_told_after_the_success_changes_nothing(deps, guest, booking):
    payment = pending(deps, guest, booking)
    deliver(deps, decide(deps, guest, payment))

    assert deliver(deps, signed(told_of(payment, "failed", event="late"))) == "out_of_order"
    assert state(deps, guest, payment) == "succeeded"


def test_a_success_told_after_the_failure_still_counts(deps, guest, booking):
    payment = pending(deps, guest, booking)
    assert deliver(deps, signed(told_of(payment, "failed", event="first"))) == "fail"

    assert deliver(deps, decide(deps, guest, payment)) == "settled"


def test_refused_by_the_payer_it_can_be_tried_again(deps, guest, booking):
    payment = pending(deps, guest, booking)
    deliver(deps, decide(deps, guest, payment, "refused"))
    assert state(deps, guest, payment) == "failed"

    again = pending(deps, guest, booking)

    assert again["payment_id"] != payment["payment_id"]


@pytest.mark.parametrize("spoil", ["payload", "signature", "secret", "old", "form", "reference"])
def test_what_is_not_genuine_finds_nothing_and_changes_nothing(deps, guest, booking, spoil):
    payment = pending(deps, guest, booking)
    callback = signed(told_of(payment))
    if spoil == "payload":
        callback["payload"] = callback["payload"].replace("6000", "0001")
    if spoil == "signature":
        callback["signature"] = "0" * 64
    if spoil == "secret":
        callback = signed(told_of(payment), b"somebody-elses")
    if spoil == "old":
        callback = signed(told_of(payment), timestamp=int(1e9))
    if spoil == "form":
        callback["payload"] = "{}"
        callback["signature"] = signing.sign(SECRET, callback["timestamp"], "{}")
    if spoil == "reference":
        callback = signed(replace(told_of(payment), reference="510104030009.x"))

    with pytest.raises(NotFound):
        deliver(deps, callback)

    assert state(deps, guest, payment) == "pending"


@pytest.mark.parametrize(
    "odd", [{"kind": "paused"}, {"amount_fen": "6000"}, {"amount_fen": 0}, {"amount_fen": -1}, {"amount_fen": True},
            {"amount_fen": 6000.5}, {"currency": None}, {"event_id": ""}],
)  # fmt: skip
def test_a_signed_message_that_says_nothing_known_changes_nothing(deps, guest, booking, look, odd):
    payment = pending(deps, guest, booking)

    with pytest.raises(NotFound):
        deliver(deps, signed(replace(told_of(payment), **odd)))

    assert state(deps, guest, payment) == "pending"
    assert look("SELECT count(*) FROM payment_events") == [(0,)]


def test_who_pays_while_the_day_is_being_closed_is_booked_on_the_next(deps, house, guest, booking, look):
    payment = pending(deps, guest, booking)
    day_statements.close_day(deps, operator(), house.venue_id, date(2026, 11, 23), 0, None, InProcess(), confirm=True)

    assert deliver(deps, decide(deps, guest, payment)) == "settled"

    assert look("SELECT occurred_on FROM settlements") == [(date(2026, 11, 24),)]


@pytest.mark.parametrize(("amount", "currency"), [(1, "CNY"), (6000, "USD")])
def test_another_amount_is_not_ours_and_goes_back(deps, guest, booking, monkeypatch, amount, currency):
    payment = pending(deps, guest, booking)
    given_back = []
    monkeypatch.setattr(deps.payments, "refund", lambda *told: given_back.append(told) or "r")

    assert deliver(deps, signed(told_of(payment, amount=amount, currency=currency))) == "wrong_amount"
    work_on(deps)

    assert booking_money.booking_money(deps, guest, key(booking), "zh")["settlement"] is None
    assert [one[2] for one in given_back] == [amount]
    assert state(deps, guest, payment) == "refunded"


def test_what_is_on_its_way_back_pays_for_nothing_any_more(deps, guest, booking, look):
    payment = pending(deps, guest, booking)
    assert deliver(deps, signed(told_of(payment, amount=5999, event="first"))) == "wrong_amount"

    assert deliver(deps, signed(told_of(payment, event="second"))) == "repeated"

    assert look("SELECT count(*) FROM settlements") == [(0,)]
    assert look("SELECT state, to_return_fen, settlement_id FROM payment_intents") == [("failed", 5999, None)]


@pytest.mark.parametrize("currency", ["USD", "EUR", "HKD"])
def test_two_currencies_are_one_too_many(deps, guest, booking, currency, look):
    with pytest.raises(Unprocessable) as refused:
        start(deps, guest, booking, currency=currency)

    assert refused.value.code == "currency_not_supported"
    assert look("SELECT count(*) FROM payment_intents") == [(0,)]


def test_one_payment_at_a_time_and_nobody_elses(deps, guest, booking):
    start(deps, guest, booking)

    with pytest.raises(Conflict) as open_already:
        start(deps, guest, booking)
    with pytest.raises(NotFound):
        start(deps, resident(), booking)

    assert open_already.value.code == "payment_open"


def test_a_payment_that_nobody_finishes_expires_and_a_late_one_still_counts(deps, guest, booking, frozen_clock):
    payment = pending(deps, guest, booking)
    frozen_clock.advance(minutes=16)
    work_on(deps)
    assert state(deps, guest, payment) == "expired"

    assert deliver(deps, decide(deps, guest, payment)) == "settled"


def test_who_paid_in_the_last_second_is_found_although_the_callback_is_lost(deps, guest, booking, frozen_clock):
    payment = pending(deps, guest, booking)
    frozen_clock.advance(minutes=16)
    work_on(deps)
    decide(deps, guest, payment)  # and the message is lost

    frozen_clock.advance(minutes=10)
    work_on(deps)

    assert state(deps, guest, payment) == "succeeded"


def test_after_a_day_nobody_asks_for_an_expired_payment_any_more(deps, guest, booking, frozen_clock, look):
    pending(deps, guest, booking)
    frozen_clock.advance(minutes=16)
    work_on(deps)
    assert look("SELECT kind FROM due WHERE kind LIKE '%%payments'") == [("late_payments",)]

    frozen_clock.advance(hours=25)
    work_on(deps)

    assert look("SELECT count(*) FROM due WHERE kind LIKE '%%payments'") == [(0,)]


def test_what_was_abandoned_is_asked_for_every_ten_minutes_all_of_it_and_whoever_else_is_awaited(
    deps, guest, house, booking, frozen_clock, monkeypatch
):
    monkeypatch.setattr("venue.usecases.money.ask_provider.LATE_AT_ONCE", 3)
    others = [book(deps, guest, house.spaces[room], *EVENING) for room in ("elders_space", "book_room")]
    abandoned = [told_of(pending(deps, guest, one)).reference for one in (booking, *others)]
    frozen_clock.set(at("2026-11-23T10:16"))
    work_on(deps)
    awaited = told_of(pending(deps, guest, booking)).reference
    query, asked = deps.payments.query, []
    monkeypatch.setattr(deps.payments, "query", lambda reference: asked.append(reference) or query(reference))

    for _ in range(3):
        frozen_clock.advance(seconds=15)
        work_on(deps)
    assert asked == [awaited] * 3

    frozen_clock.set(at("2026-11-23T10:20"))
    for _ in range(3):
        work_on(deps)
        frozen_clock.advance(seconds=15)
    assert sorted(asked[3:]) == sorted([*abandoned, *[awaited] * 3])


def test_what_was_abandoned_is_asked_for_some_at_a_time_by_the_same_few_statements(
    deps, guest, house, booking, frozen_clock, monkeypatch, counted
):
    monkeypatch.setattr("venue.usecases.money.ask_provider.LATE_AT_ONCE", 2)
    others = [book(deps, guest, house.spaces[room], *EVENING) for room in ("elders_space", "book_room")]
    abandoned = [told_of(pending(deps, guest, one)).reference for one in (booking, *others)]
    frozen_clock.set(at("2026-11-23T10:16"))
    work_on(deps)
    asked: list[str] = []
    monkeypatch.setattr(deps.payments, "query", asked.append)

    frozen_clock.set(at("2026-11-23T10:20"))
    for two in range(2):
        statements, seen = [], []
        for _ in range(3):
            statements.append(counted(lambda: work_on(deps)))
            seen.append(len(asked))
            frozen_clock.advance(seconds=1)
        assert [number - 3 * two for number in seen] == [2, 3, 3]
        assert statements[0] <= statements[1], "for two as for one"
        frozen_clock.set(at("2026-11-23T10:30"))
    assert sorted(asked) == sorted([*abandoned, *abandoned])


def test_a_refund_the_provider_refuses_waits_and_holds_up_nobody_elses(
    deps, guest, house, booking, frozen_clock, look, monkeypatch
):
    other = book(deps, guest, house.spaces["elders_space"], *EVENING)
    for one in (booking, other):
        paid(deps, guest, one)
    for one in (booking, other):
        cancel_booking(deps, guest, key(one), InProcess())
    refund, asked = deps.payments.refund, []

    def refuse_the_first(reference: str, *told):
        asked.append(reference)
        if reference == asked[0]:
            raise Refused("not enough money")
        return refund(reference, *told)

    monkeypatch.setattr(deps.payments, "refund", refuse_the_first)
    work_on(deps)
    work_on(deps)
    assert look("SELECT count(*) FROM refund_executions") == [(1,)]

    monkeypatch.setattr(deps.payments, "refund", refund)
    frozen_clock.advance(minutes=10)
    work_on(deps)

    assert look("SELECT count(*) FROM refund_executions") == [(2,)]


def test_money_for_a_booking_that_is_gone_goes_back_by_itself(deps, guest, booking, look):
    payment = pending(deps, guest, booking)
    cancel_booking(deps, guest, key(booking), InProcess())

    assert deliver(deps, decide(deps, guest, payment)) == "sent_back"
    work_on(deps)

    assert state(deps, guest, payment) == "refunded"
    assert look("SELECT count(*) FROM settlements") == [(0,)]
    assert look("SELECT amount_fen, refunded_fen FROM sandbox_payments") == [(6000, 6000)]


def test_money_that_comes_after_cash_goes_back(deps, guest, booking, frozen_clock):
    payment = pending(deps, guest, booking)
    callback = decide(deps, guest, payment)
    frozen_clock.set(at("2026-11-26T18:50"))
    attendance.check_in(deps, operator(), key(booking), InProcess())
    settlement.settle_booking(deps, operator(), key(booking), "cash", 6000, InProcess())

    assert deliver(deps, callback) == "sent_back"
    work_on(deps)

    assert state(deps, guest, payment) == "refunded"


class Gone:
    """A provider whose network is down."""

    name = "sandbox"

    def __getattr__(self, name: str) -> Callable:
        def unreachable(*_: object) -> None:
            raise ProviderDown(name)

        return unreachable


def test_with_the_provider_gone_everybody_books_and_pays_in_cash(deps, house, online, frozen_clock, look):
    broken = replace(deps, payments=Gone())
    guests = [resident() for _ in range(4)]
    made = [
        book(broken, guest, house.spaces["book_room"], f"2026-11-26T{hour}:00", f"2026-11-26T{hour + 1}:00")
        for guest, hour in zip(guests, (14, 15, 18, 19), strict=True)
    ]
    for guest, one in list(zip(guests, made, strict=True))[2:]:
        payments.start_payment(broken, guest, key(one), 3000, "CNY", InProcess())
    for _ in range(3):
        look_after(broken, HANDLERS)

    frozen_clock.set(at("2026-11-26T18:00"))
    attendance.check_in(broken, operator(), key(made[2]), InProcess())
    settlement.settle_booking(broken, operator(), key(made[2]), "cash", 3000, InProcess())

    assert look("SELECT state, count(*) FROM bookings GROUP BY 1 ORDER BY 1") == [("checked_in", 1), ("confirmed", 3)]
    assert look("SELECT DISTINCT state FROM payment_intents") == [("created",)]


def test_when_the_provider_comes_back_what_waited_goes_on(deps, guest, booking, frozen_clock):
    broken = replace(deps, payments=Gone())
    payment = start(broken, guest, booking)
    look_after(broken, HANDLERS)
    assert look_after(broken, HANDLERS) == 0, "it is not asked again at once"

    frozen_clock.advance(seconds=31)
    work_on(deps)

    assert state(deps, guest, payment) == "pending"


def test_where_the_venue_takes_no_online_payment_nobody_is_asked(deps, house, guest, database):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET pays_online = false")
    offline = book(deps, guest, house.spaces["book_room"], *EVENING)

    with pytest.raises(AppError) as refused:
        start(deps, guest, offline, amount=6000)

    assert refused.value.code == "online_payment_off"


def test_the_sandbox_stands_where_no_money_is_real(config):
    from venue import bootstrap

    with pytest.raises(ValueError, match="local and test"):
        bootstrap.build(replace(config, environment="production"))


def test_an_intent_is_good_for_a_quarter_of_an_hour(deps, guest, booking):
    from datetime import datetime

    started = start(deps, guest, booking)

    assert datetime.fromisoformat(started["expires_at"]) - deps.clock.now() == timedelta(minutes=15)
