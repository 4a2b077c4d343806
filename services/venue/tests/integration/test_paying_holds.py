# SPDX-License-Identifier: Apache-2.0
"""What paying online does to a booking: a hold is confirmed, taken again or gone, and what is paid keeps its price."""

from __future__ import annotations

import pytest
from chassis.errors import Conflict
from psycopg import errors
from venue.deps import InProcess
from venue.usecases.booking.move_booking import MoveBooking, move_booking

from ..conftest import at, book, resident
from .paying import EVENING, TERMS, decide, deliver, key, paid, pending, state, work_on


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


def test_paid_after_the_hold_ran_out_the_room_is_taken_again(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    payment = pending(deps, guest, hold)
    frozen_clock.advance(minutes=10)
    work_on(deps)
    assert look("SELECT state FROM bookings") == [("lapsed",)]

    assert deliver(deps, decide(deps, guest, payment)) == "settled"

    assert look("SELECT state FROM bookings") == [("confirmed",)]
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(1,)]


def test_paid_after_somebody_else_has_the_room_the_money_goes_back(deps, guest, house, online, frozen_clock, look):
    hold = held(deps, guest, house)
    payment = pending(deps, guest, hold)
    frozen_clock.advance(minutes=10)
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
