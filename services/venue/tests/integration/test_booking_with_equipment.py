# SPDX-License-Identifier: Apache-2.0
"""Equipment comes with the room or the room is not booked; it goes back, and along, with the booking."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from chassis.errors import Conflict, NotFound
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.booking.approving import approve_booking
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.due import look_after

from ..conftest import at, book, counter, keyed, resident

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
NUMBERED = "SELECT count(*) FROM occupancies o JOIN atoms a ON a.id = o.atom_id AND a.kind = 'equipment' WHERE o.active"
COUNTED = "SELECT coalesce(sum(quantity), 0) FROM equipment_holds WHERE active"


@pytest.fixture
def things(house, look) -> dict[str, UUID]:
    """The teahouse's two projectors and thirty chairs."""
    return dict(look("SELECT code, id FROM equipment"))


def wishes(things, projectors: int, chairs: int) -> list[EquipmentWish]:
    return [EquipmentWish(things["projector"], projectors), EquipmentWish(things["folding_chair"], chairs)]


def held(look) -> tuple[int, int]:
    return look(NUMBERED)[0][0], look(COUNTED)[0][0]


def test_a_booking_has_its_equipment_and_says_so(deps, house, things, look):
    booking = book(deps, resident(), house.spaces["book_room"], *EVENING, equipment=wishes(things, 1, 12))

    assert {one["equipment_id"]: one["quantity"] for one in booking["equipment"]} == {
        str(things["projector"]): 1,
        str(things["folding_chair"]): 12,
    }
    assert held(look) == (1, 12)


@pytest.mark.parametrize(("projectors", "chairs"), [(2, 1), (1, 20)])
def test_without_its_equipment_the_room_is_not_booked_either(deps, house, things, look, projectors, chairs):
    book(deps, resident(), house.spaces["book_room"], *EVENING, equipment=wishes(things, 1, 12))

    with pytest.raises(Conflict) as refused:
        book(deps, resident(), house.spaces["elders_space"], *EVENING, equipment=wishes(things, projectors, chairs))

    assert refused.value.code == "equipment_taken"
    assert held(look) == (1, 12)
    assert look("SELECT count(*) FROM bookings") == [(1,)]


def test_it_goes_back_when_the_booking_is_taken_back_or_the_hold_runs_out(deps, house, things, look, frozen_clock):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], *EVENING, equipment=wishes(things, 2, 30))
    cancel_booking(deps, who, UUID(booking["booking_id"]), keyed(if_match=1))
    assert held(look) == (0, 0)

    book(deps, who, house.spaces["book_room"], *EVENING, hold=True, equipment=wishes(things, 2, 30))
    assert held(look) == (2, 30)
    frozen_clock.advance(minutes=5)
    look_after(deps, HANDLERS)

    assert held(look) == (0, 0)


def test_it_moves_along_or_nothing_moves(deps, house, things, look):
    who, room = resident(), house.spaces["book_room"]
    booking = book(deps, who, room, *EVENING, equipment=wishes(things, 1, 10))
    rival = book(deps, resident(), house.spaces["elders_space"], "2026-11-27T19:00", "2026-11-27T21:00",
                 equipment=wishes(things, 2, 1))  # fmt: skip
    booking_id = UUID(booking["booking_id"])

    lost = move_booking(
        deps, who, booking_id, MoveBooking(at("2026-11-27T20:00"), at("2026-11-27T22:00")), keyed(if_match=1)
    )
    moved = move_booking(
        deps, who, booking_id, MoveBooking(at("2026-11-28T19:00"), at("2026-11-28T21:00")), keyed(if_match=1)
    ).content

    assert (lost.status, lost.content["code"]) == (409, "equipment_taken")
    assert len(moved["equipment"]) == 2 and rival["state"] == "confirmed"
    assert look("SELECT starts_at FROM equipment_holds WHERE active AND booking_id = %s", booking_id) == [
        (at("2026-11-28T19:00"),)
    ]


@pytest.fixture
def on_request(house, database):
    """The elders' space is given by approval alone."""
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET needs_approval = true WHERE code = 'elders_space'")
    return house.spaces["elders_space"]


def approve(deps, booking):
    return approve_booking(deps, counter(), UUID(booking["booking_id"]), InProcess()).content


def test_a_request_remembers_its_equipment_holds_none_and_has_it_once_approved(deps, on_request, things, look):
    request = book(deps, resident(), on_request, *EVENING, equipment=wishes(things, 1, 12))
    asked = request["equipment"]
    assert (request["state"], len(asked), held(look)) == ("requested", 2, (0, 0))

    approved = approve(deps, request)

    assert held(look) == (1, 12)
    assert sorted(one["quantity"] for one in approved["equipment"]) == sorted(one["quantity"] for one in asked)


def test_a_request_whose_equipment_is_gone_stays_one(deps, house, on_request, things, look):
    request = book(deps, resident(), on_request, *EVENING, equipment=wishes(things, 2, 12))
    book(deps, resident(), house.spaces["book_room"], *EVENING, equipment=wishes(things, 1, 12))

    with pytest.raises(Conflict, match="equipment_taken"):
        approve(deps, request)

    assert look("SELECT state FROM bookings WHERE id = %s", request["booking_id"]) == [("requested",)]
    assert held(look) == (1, 12)


def test_a_request_cannot_ask_for_what_the_venue_does_not_have(deps, on_request):
    with pytest.raises(NotFound, match="equipment_not_found"):
        book(deps, resident(), on_request, *EVENING, equipment=[EquipmentWish(uuid4(), 1)])
