# SPDX-License-Identifier: Apache-2.0
"""Bookings and quotas: a request of each operation that succeeds."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

from ...conftest import WUFUQIAO
from ..conftest import Caller, World
from .request import Request, by_name, send

NUMBERS = count(1)


def room_by_approval(world: World) -> str:
    """A new room that is given by approval alone."""
    number = next(NUMBERS)
    body = {
        "code": f"hall_{number}", "name_zh": "会堂", "name_en": "Hall", "capacity": 30, "needs_approval": True,
        "new_atoms": [f"hall_{number}"],
        "prices": [{"regime": code, "price_fen_per_hour": 0} for code in ("public_benefit", "commercial")],
    }  # fmt: skip
    made = world.secretary().post(f"/venues/{world.house.venue_id}/spaces", body)
    assert made.status_code == 201, made.text
    return next(one["space_id"] for one in made.json()["spaces"] if one["code"] == body["code"])


def requested(world: World, who: Caller | None = None, room: str | None = None) -> dict[str, Any]:
    """A request that waits."""
    wish = world.wish() | {"space_id": room or room_by_approval(world)}
    answer = (who or world.resident()).post("/bookings", wish)
    assert (answer.status_code, answer.json()["state"]) == (201, "requested"), answer.text
    return answer.json()


def list_venues(world: World) -> Request:
    return Request(world.anonymous, f"/divisions/{WUFUQIAO}/venues", method="get")


def get_public_week(world: World) -> Request:
    path = f"/divisions/{WUFUQIAO}/spaces/{world.house.spaces['book_room']}/week"
    return Request(world.anonymous, path, method="get")


def import_bookings(world: World) -> Request:
    wish = world.wish()
    row = {"space_code": "book_room", "local_start": wish["starts_at"][:16], "local_end": wish["ends_at"][:16]}
    body = {"venue_id": str(world.house.venue_id), "rows": [{**row, "person_id": str(uuid4())}]}
    return Request(world.counter(), "/imports", body)


def imported(world: World) -> dict[str, Any]:
    request = import_bookings(world)
    return request.who.post(request.path, request.body).json()


def list_imports(world: World) -> Request:
    imported(world)
    return Request(world.counter(), "/imports", method="get")


def get_import(world: World) -> Request:
    return Request(world.counter(), f"/imports/{imported(world)['import_id']}", method="get")


def check_booking(world: World) -> Request:
    return Request(world.resident(), "/bookings/check", world.wish())


def confirm_booking(world: World) -> Request:
    who = world.resident()
    held = who.post("/bookings", world.wish(hold=True)).json()
    return Request(who, f"/bookings/{held['booking_id']}/confirmation", version=1)


def move_booking(world: World) -> Request:
    who, wish = world.resident(), world.wish("service_post")
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}/move", wish, 1)


def approve_booking(world: World) -> Request:
    return Request(world.counter(), f"/bookings/{requested(world)['booking_id']}/approval", version=1)


def decline_booking(world: World) -> Request:
    return Request(world.counter(), f"/bookings/{requested(world)['booking_id']}/decline", {"reason": "已有安排"}, 1)


def list_requests(world: World) -> Request:
    requested(world)
    return Request(world.counter(), "/booking-requests", method="get")


def list_quotas(world: World) -> Request:
    send(world, set_quota(world))
    return Request(world.resident(), f"/venues/{world.house.venue_id}/quotas", method="get")


def set_quota(world: World) -> Request:
    body = {"subject": "person", "period": "day", "count_limit": 500}
    return Request(world.secretary(), f"/venues/{world.house.venue_id}/quotas", body)


def end_quota(world: World) -> Request:
    quota = send(world, set_quota(world)).json()
    return Request(world.secretary(), f"/quotas/{quota['quota_id']}/end", {}, 1)


def get_availability(world: World) -> Request:
    return Request(world.resident(), f"/availability?venue_id={world.house.venue_id}", method="get")


def list_bookings(world: World) -> Request:
    world.booked()
    return Request(world.operator(), "/bookings", method="get")


def list_my_bookings(world: World) -> Request:
    who = world.resident()
    world.booked(who)
    return Request(who, "/my/bookings", method="get")


def get_booking(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}", method="get")


def book_space(world: World) -> Request:
    wish = world.wish()
    return Request(world.resident(), "/bookings", wish, other={**wish, "party_size": 2})


def cancel_booking(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/bookings/{world.booked(who)['booking_id']}/cancellation", version=1)


def check_in(world: World) -> Request:
    booking = world.booked()
    return Request(world.operator(), f"/bookings/{booking['booking_id']}/check-in", version=1, at=booking["starts_at"])


def check_out(world: World) -> Request:
    return Request(world.operator(), f"/bookings/{world.checked_in()['booking_id']}/check-out", version=2)


def settle_booking(world: World) -> Request:
    booking = world.checked_in()
    body = {"method": "cash", "amount_fen": booking["price_fen"]}
    return Request(
        world.operator(), f"/bookings/{booking['booking_id']}/settlement", body, 2, other={**body, "amount_fen": 1}
    )


def reverse_settlement(world: World) -> Request:
    path = f"/bookings/{world.settled()['booking_id']}/settlement/reversal"
    return Request(world.operator(), path, {"reason_code": "wrong_amount"}, 3, other={"reason_code": "other"})


def refund_settlement(world: World) -> Request:
    return Request(world.operator(), f"/bookings/{world.settled()['booking_id']}/settlement/refund", version=3)


OPERATIONS = by_name(
    [
        list_venues,
        get_public_week,
        import_bookings,
        list_imports,
        get_import,
        get_availability,
        list_bookings,
        list_my_bookings,
        get_booking,
        book_space,
        cancel_booking,
        check_in,
        check_out,
        settle_booking,
        reverse_settlement,
        refund_settlement,
        check_booking,
        confirm_booking,
        move_booking,
        approve_booking,
        decline_booking,
        list_requests,
        list_quotas,
        set_quota,
        end_quota,
    ]
)
