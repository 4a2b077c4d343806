# SPDX-License-Identifier: Apache-2.0
"""What paying online does to a booking: a hold is confirmed, taken again or gone, and what is paid keeps its price."""

from __future__ import annotations

import pytest
from chassis.errors import Conflict
from psycopg import errors
from venue.deps import InProcess
from venue.usecases.booking.move_booking import MoveBooking, move_booking

from ..conftest import at, book, resident
from .paying import EVENING, TERMS, decide, deliver, key, paid, pending, start, state, work_on
from .waiting_list import cancel, entry_of, wait_for


@pytest.fixture
def guest():
    return resident()


@pytest.fixture
def online(house, database):
    """The venue takes online payments."""
    with database.superuser() as connection:
        connection.execute(TERMS)


@pytest.fixture
def booking(deps, house, online, guest):
    return book(deps, guest, house.spaces["council_pavilion"], *EVENING)


def held(deps, guest, house, room="council_pavilion"):
    """A hold of Thursday evening."""
    return book(deps, guest, house.spaces[room], *EVENING, hold=True)


def test_paying_a_hold_confirms_it(deps, guest, house, online, look):
    hold = held(deps, guest, house)
    payment = pending(deps, guest, hold)

    assert deliver(deps, decide(deps, guest, payment)) == "settled"

    assert look("SELECT state, hold_expires_at FROM bookings") == [("confirmed", None)]
    assert look("SELECT kind, active FROM occupancies") == [("booking", True)]


def test_who_pays_in_time_keeps_the_room_that_the_payment_waits_for(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    payment = pending(deps, guest, hold)
    frozen_clock.advance(minutes=14)
    work_on(deps)

    with pytest.raises(Conflict, match="slot_taken"):
        book(deps, resident(), house.spaces["whole_house"], *EVENING)
    assert look("SELECT count(*) FROM published_busy_times WHERE held_until > %s", deps.clock.now()) == [(1,)]
    assert deliver(deps, decide(deps, guest, payment)) == "settled"


def test_a_hold_ends_with_the_payment_it_was_prolonged_for(deps, guest, house, online, frozen_clock, look):
    pending(deps, guest, held(deps, guest, house))
    frozen_clock.advance(minutes=15)
    work_on(deps)

    assert look("SELECT state FROM bookings") == [("lapsed",)]


def test_a_hold_is_prolonged_once_however_often_a_payment_is_started(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    first = pending(deps, guest, hold)
    frozen_clock.advance(minutes=14)
    deliver(deps, decide(deps, guest, first, "refused"))

    second = start(deps, guest, hold)

    assert second["expires_at"] == first["expires_at"]
    frozen_clock.advance(minutes=1)
    work_on(deps)
    assert look("SELECT state FROM bookings") == [("lapsed",)]


def test_a_hold_that_ran_out_begins_no_payment(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    frozen_clock.advance(minutes=5)

    with pytest.raises(Conflict) as refused:
        start(deps, guest, hold)

    assert refused.value.code == "hold_expired"
    assert look("SELECT count(*) FROM payment_intents") == [(0,)]


def test_a_hold_of_what_begins_soon_is_kept_until_then_and_so_is_its_payment(deps, guest, house, online, frozen_clock):
    frozen_clock.set(at("2026-11-26T18:52"))
    payment = start(deps, guest, held(deps, guest, house))

    assert payment["expires_at"] == "2026-11-26T19:00:00+08:00"


def test_an_offer_of_the_waiting_list_shows_until_when_its_payment_keeps_it(
    deps, guest, house, online, database, frozen_clock
):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET offer_minutes = 10")
    owner = resident()
    first = book(deps, owner, house.spaces["council_pavilion"], *EVENING)
    wait_for(deps, guest, house.spaces["council_pavilion"], *EVENING, 120)
    cancel(deps, owner, first["booking_id"])
    offer = entry_of(deps, guest)["offer"]

    payment = start(deps, guest, offer)

    assert entry_of(deps, guest)["offer"]["expires_at"] == payment["expires_at"]


def test_paid_after_the_hold_ran_out_the_room_is_taken_again(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    payment = pending(deps, guest, hold)
    frozen_clock.advance(minutes=16)
    work_on(deps)
    assert look("SELECT state FROM bookings") == [("lapsed",)]

    assert deliver(deps, decide(deps, guest, payment)) == "settled"

    assert look("SELECT state FROM bookings") == [("confirmed",)]
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(1,)]


def test_paid_after_somebody_else_has_the_room_the_money_goes_back(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    payment = pending(deps, guest, hold)
    frozen_clock.advance(minutes=16)
    other = book(deps, resident(), house.spaces["whole_house"], *EVENING)

    assert deliver(deps, decide(deps, guest, payment)) == "sent_back"
    work_on(deps)

    assert state(deps, guest, payment) == "refunded"
    assert look("SELECT count(*) FROM occupancies WHERE active AND booking_id <> %s", other["booking_id"]) == [(0,)]
    assert look("SELECT refunded_fen FROM sandbox_payments") == [(6000,)]


def test_a_paid_booking_moves_only_where_it_costs_the_same(deps, guest, house, booking, database):
    paid(deps, guest, booking)
    longer = MoveBooking(at("2026-11-27T18:00"), at("2026-11-27T21:00"))
    same = MoveBooking(at("2026-11-27T18:00"), at("2026-11-27T20:00"))

    with pytest.raises(Conflict) as refused:
        move_booking(deps, guest, key(booking), longer, InProcess())
    moved = move_booking(deps, guest, key(booking), same, InProcess()).content

    assert (refused.value.code, moved["local_date"]) == ("paid_at_another_price", "2026-11-27")
    with database.superuser() as connection, pytest.raises(errors.CheckViolation, match="another price"):
        connection.execute("UPDATE bookings SET price_fen = 1")
