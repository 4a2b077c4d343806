# SPDX-License-Identifier: Apache-2.0
"""From check-in to money and back, with the events and audit rows each act leaves."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from chassis.errors import Conflict, NotFound, PreconditionFailed
from venue.deps import InProcess
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.money import settlement
from venue.usecases.presence import attendance

from ..conftest import at, book, counter, operator, resident

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


@pytest.fixture
def booking(deps, house):
    """A paid booking of the pavilion."""
    return book(deps, resident(), house.spaces["council_pavilion"], *EVENING)


@pytest.fixture
def events(look):
    """Types and data of what waits in the outbox, in order."""

    def read():
        rows = [json.loads(bytes(payload)) for (payload,) in look("SELECT payload FROM outbox ORDER BY id")]
        return [(row["type"].split(".", 2)[2], row["sequence"], row["data"]) for row in rows]

    return read


def key(booking) -> UUID:
    return UUID(booking["booking_id"])


def checked_in(deps, frozen_clock, booking):
    frozen_clock.set(at("2026-11-26T18:50"))
    return attendance.check_in(deps, operator(), key(booking), InProcess()).content


def test_the_journey_of_an_evening(deps, frozen_clock, booking, events, look):
    who = operator()
    assert checked_in(deps, frozen_clock, booking)["state"] == "checked_in"
    frozen_clock.set(at("2026-11-26T21:02"))
    attendance.check_out(deps, who, key(booking), InProcess())
    settled = settlement.settle_booking(deps, who, key(booking), "cash", 6000, InProcess()).content

    assert settled["version"] == 4
    assert (settled["settlement"]["receipt_no"], settled["settlement"]["amount_fen"]) == (1, 6000)
    assert [(kind, sequence) for kind, sequence, _ in events()] == [
        ("booking.confirmed.v1", 1),
        ("booking.checked_in.v1", 2),
        ("booking.checked_out.v1", 3),
        ("booking.settled.v1", 4),
    ]
    data = events()[-1][2]
    assert (data["venue_name"], data["space_name"], data["occurred_on"]) == ("五福茶馆", "议事茶亭", "2026-11-26")
    assert [action for (action,) in look("SELECT action FROM audit ORDER BY id")] == [
        "venue.created", "booking.confirmed", "booking.checked_in", "booking.checked_out", "booking.settled",
    ]  # fmt: skip


def test_a_wrong_settlement_is_reversed_and_taken_again_under_the_next_number(deps, frozen_clock, booking, events):
    who = operator()
    checked_in(deps, frozen_clock, booking)
    first = settlement.settle_booking(deps, who, key(booking), "cash", 6000, InProcess()).content["settlement"]

    undone = settlement.reverse_settlement(deps, who, key(booking), "wrong_booking", InProcess()).content
    again = settlement.settle_booking(deps, who, key(booking), "cash", 6000, InProcess()).content

    assert undone["settlement"]["settlement_id"] == first["settlement_id"]
    assert undone["settlement"]["reversed_at"] is not None
    assert (again["settlement"]["receipt_no"], again["settlement"]["reversed_at"]) == (2, None)
    assert [kind for kind, _, _ in events()][-3:] == [
        "booking.settled.v1", "booking.settlement_reversed.v1", "booking.settled.v1",
    ]  # fmt: skip


def test_a_settlement_that_rolls_back_leaves_no_gap_in_the_numbers(deps, house, frozen_clock, monkeypatch, look):
    who, space = operator(), house.spaces["book_room"]
    first = book(deps, resident(), space, "2026-11-26T18:00", "2026-11-26T19:00")
    second = book(deps, resident(), space, "2026-11-26T19:00", "2026-11-26T20:00")
    for one in (first, second):
        checked_in(deps, frozen_clock, one)
    with monkeypatch.context() as broken:
        broken.setattr(settlement.events, "settled", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settlement.settle_booking(deps, who, key(first), "cash", 3000, InProcess())

    settlement.settle_booking(deps, who, key(second), "cash", 3000, InProcess())

    assert look("SELECT receipt_no FROM settlements") == [(1,)]


def test_a_free_booking_needs_no_money(deps, house, frozen_clock):
    free = book(deps, resident(), house.spaces["elders_space"], "2026-11-26T14:00", "2026-11-26T16:00")
    frozen_clock.set(at("2026-11-26T14:00"))
    attendance.check_in(deps, operator(), key(free), InProcess())

    with pytest.raises(Conflict) as refused:
        settlement.settle_booking(deps, operator(), key(free), "cash", 1, InProcess())

    assert refused.value.code == "nothing_to_settle"


def test_what_is_cancelled_is_free_at_once_for_everybody(deps, house, look):
    who, space = resident(), house.spaces["whole_house"]
    held = book(deps, who, space, *EVENING)
    assert look("SELECT count(*) FROM published_busy_times") == [(4,)]

    cancelled = cancel_booking(deps, who, key(held), InProcess()).content

    assert (cancelled["state"], cancelled["cancellable"]) == ("cancelled", False)
    assert look("SELECT count(*) FROM published_busy_times") == [(0,)]
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(0,)]
    assert book(deps, resident(), space, *EVENING)["state"] == "confirmed"


def test_nobody_cancels_for_another_but_the_counter_does(deps, booking):
    with pytest.raises(NotFound):
        cancel_booking(deps, resident(), key(booking), InProcess())

    assert cancel_booking(deps, counter(), key(booking), InProcess()).content["state"] == "cancelled"


def test_a_stale_version_changes_nothing(deps, frozen_clock, booking, look):
    frozen_clock.set(at("2026-11-26T18:50"))

    with pytest.raises(PreconditionFailed):
        attendance.check_in(deps, operator(), key(booking), InProcess(if_match=9))

    assert look("SELECT state, version FROM bookings") == [("confirmed", 1)]


def test_two_operators_checking_in_at_once_is_one_check_in(deps, frozen_clock, booking, look):
    checked_in(deps, frozen_clock, booking)

    with pytest.raises(Conflict) as refused:
        attendance.check_in(deps, operator(), key(booking), InProcess())

    assert refused.value.code == "wrong_state"
    assert look("SELECT version FROM bookings") == [(2,)]
