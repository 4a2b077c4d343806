# SPDX-License-Identifier: Apache-2.0
"""The waiting list and being there: a request of each operation that succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from ...conftest import at
from ..conftest import Caller, World
from .request import Request, by_name


def wish(world: World, **more: Any) -> dict[str, Any]:
    """A wish for an hour that somebody has just taken."""
    booking = world.booked()
    return {"minutes": 60, **{name: booking[name] for name in ("space_id", "starts_at", "ends_at")}, **more}


def entry(world: World, who: Caller | None = None) -> dict[str, Any]:
    answer = (who or world.resident()).post("/waiting-entries", wish(world))
    assert answer.status_code == 201, answer.text
    return answer.json()


def mark(world: World, who: Caller | None = None, *, appealed: bool = False) -> dict[str, Any]:
    """A mark for a booking taken back too late."""
    who = who or world.resident()
    booking = world.booked(who)
    world.clock.set(at(booking["starts_at"][:16]) - timedelta(minutes=5))
    assert who.post(f"/bookings/{booking['booking_id']}/cancellation", version=1).status_code == 200
    found = who.get("/my/marks").json()["items"][0]
    if appealed:
        answer = who.post(f"/marks/{found['mark_id']}/appeal", {"text": "当天住院"}, version=1)
        assert answer.status_code == 200, answer.text
        found = answer.json()
    return found


def exemption(world: World) -> dict[str, Any]:
    body = {"person_id": str(uuid4()), "reason": "高龄独居", "until_on": "2027-06-30"}
    return world.counter().post("/exemptions", body).json()


def display(world: World) -> dict[str, Any]:
    body = {"space_id": str(world.house.spaces["book_room"]), "label": "东门"}
    answer = world.secretary().post("/displays", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def join_waiting_list(world: World) -> Request:
    return Request(world.resident(), "/waiting-entries", wish(world))


def leave_waiting_list(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/waiting-entries/{entry(world, who)['entry_id']}/departure", version=1)


def list_my_waiting(world: World) -> Request:
    who = world.resident()
    entry(world, who)
    return Request(who, "/my/waiting-entries", method="get")


def list_waiting(world: World) -> Request:
    entry(world)
    return Request(world.counter(), "/waiting-entries?state=waiting", method="get")


def check_in_here(world: World) -> Request:
    who, shown = world.resident(), display(world)
    booking = world.booked(who)
    world.clock.set(at(booking["starts_at"][:16]))
    code = world.anonymous.get(f"/door-displays/{shown['token']}").json()["check_in_code"]
    return Request(who, "/my/check-ins", {"space_id": booking["space_id"], "code": code}, at=booking["starts_at"])


def check_in_many(world: World) -> Request:
    booking = world.booked()
    ticked = [{"booking_id": booking["booking_id"], "version": 1}]
    return Request(world.operator(), "/check-ins", {"bookings": ticked}, at=booking["starts_at"])


def send_offline_check_ins(world: World) -> Request:
    booking = world.booked()
    note = {"nonce": str(uuid4()), "happened_at": booking["starts_at"], "pick_up_code": booking["pick_up_code"]}
    return Request(
        world.operator(), "/check-ins/offline", {"device": "柜台平板", "notes": [note]}, at=booking["starts_at"]
    )


def list_my_marks(world: World) -> Request:
    who = world.resident()
    mark(world, who)
    return Request(who, "/my/marks", method="get")


def list_marks(world: World) -> Request:
    mark(world)
    return Request(world.counter(), "/marks?state=standing", method="get")


def appeal_mark(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/marks/{mark(world, who)['mark_id']}/appeal", {"text": "当天住院"}, 1)


def decide_appeal(world: World) -> Request:
    one = mark(world, appealed=True)
    return Request(world.counter(), f"/marks/{one['mark_id']}/decision", {"outcome": "excused", "reason": "属实"}, 2)


def excuse_mark(world: World) -> Request:
    return Request(world.counter(), f"/marks/{mark(world)['mark_id']}/excuse", {"reason": "停电"}, 1)


def list_exemptions(world: World) -> Request:
    exemption(world)
    return Request(world.counter(), "/exemptions", method="get")


def grant_exemption(world: World) -> Request:
    body = {"person_id": str(uuid4()), "reason": "高龄独居", "until_on": "2027-06-30"}
    return Request(world.counter(), "/exemptions", body)


def end_exemption(world: World) -> Request:
    return Request(world.counter(), f"/exemptions/{exemption(world)['exemption_id']}/end", version=1)


def list_displays(world: World) -> Request:
    display(world)
    return Request(world.secretary(), "/displays", method="get")


def get_door_display(world: World) -> Request:
    return Request(world.anonymous, f"/door-displays/{display(world)['token']}", method="get")


def create_display(world: World) -> Request:
    body = {"space_id": str(world.house.spaces["book_room"]), "label": "东门"}
    return Request(world.secretary(), "/displays", body)


def revoke_display(world: World) -> Request:
    return Request(world.secretary(), f"/displays/{display(world)['display_id']}/revocation", version=1)


def renew_door_secret(world: World) -> Request:
    return Request(world.secretary(), f"/venues/{world.house.venue_id}/door-secret", {})


OPERATIONS = by_name(
    [
        get_door_display,
        join_waiting_list,
        leave_waiting_list,
        list_my_waiting,
        list_waiting,
        check_in_here,
        check_in_many,
        send_offline_check_ins,
        list_my_marks,
        list_marks,
        appeal_mark,
        decide_appeal,
        excuse_mark,
        list_exemptions,
        grant_exemption,
        end_exemption,
        list_displays,
        create_display,
        revoke_display,
        renew_door_secret,
    ]
)
