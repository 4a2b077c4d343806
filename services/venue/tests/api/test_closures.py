# SPDX-License-Identifier: Apache-2.0
"""Closing a room or the house: what is in the way is told, and cancelled only on request."""

from __future__ import annotations

from ..conftest import WUFUQIAO, at


def closure(world, day: str, *, space: str | None = "book_room", hours: tuple[str, str] = ("09:00", "12:00"), **more):
    body = {
        "venue_id": str(world.house.venue_id),
        "starts_at": at(f"2026-12-{day}T{hours[0]}").isoformat(),
        "ends_at": at(f"2026-12-{day}T{hours[1]}").isoformat(),
        "reason_zh": "检修空调",
        "reason_en": "Repairs",
        **more,
    }
    return body | ({"space_id": str(world.house.spaces[space])} if space else {})


def booking(world, day: str, start: str, end: str, space: str = "book_room"):
    body = {"space_id": str(world.house.spaces[space])}
    body |= {"starts_at": at(f"2026-12-{day}T{start}").isoformat(), "ends_at": at(f"2026-12-{day}T{end}").isoformat()}
    return world.resident().post("/bookings", body)


def busy(world, day: str, space: str) -> list[tuple[str, str]]:
    week = world.anonymous.get(
        f"/divisions/{WUFUQIAO}/spaces/{world.house.spaces[space]}/week", **{"from": f"2026-12-{day}"}
    ).json()
    return [
        (one["starts_at"][11:16], one["ends_at"][11:16])
        for one in week["days"][0]["intervals"]
        if one["state"] == "busy"
    ]


def test_a_closed_room_cannot_be_booked_and_the_public_sees_it(world):
    answer = world.counter().post("/closures", closure(world, "01"))

    assert (answer.status_code, answer.json()["cancelled_bookings"]) == (201, 0)
    assert answer.json()["space_name"] == "社区书屋"
    assert booking(world, "01", "11:00", "13:00").json()["code"] == "slot_taken"
    assert booking(world, "01", "11:00", "12:00", "whole_house").json()["code"] == "slot_taken"
    assert booking(world, "01", "12:00", "13:00").status_code == 201
    assert busy(world, "01", "book_room") == [("09:00", "12:00"), ("12:00", "13:00")]


def test_the_public_reads_why_it_is_closed(world):
    world.counter().post("/closures", closure(world, "12"))

    week = world.anonymous.get(
        f"/divisions/{WUFUQIAO}/spaces/{world.house.spaces['book_room']}/week", **{"from": "2026-12-12"}
    ).json()

    told = [(one["kind"], one["label"]) for one in week["days"][0]["intervals"] if one["state"] == "busy"]
    assert told == [("closure", "检修空调")]


def test_the_whole_venue_closes_every_room(world):
    answer = world.counter().post("/closures", closure(world, "02", space=None))

    assert answer.json()["space_id"] is None
    for space in world.house.spaces:
        assert booking(world, "02", "09:00", "10:00", space).json()["code"] == "slot_taken"


def test_bookings_in_the_way_are_told_with_their_codes_and_nothing_changes(world):
    made = booking(world, "03", "10:00", "11:00").json()

    answer = world.counter().post("/closures", closure(world, "03"))

    told = answer.json()
    assert (answer.status_code, told["code"], told["count"]) == (409, "bookings_in_the_way", 1)
    assert told["codes"] == [made["pick_up_code"]]
    assert booking(world, "03", "09:00", "10:00").status_code == 201


def test_bookings_in_the_way_are_cancelled_on_request_each_with_its_event(world, shared):
    made = booking(world, "04", "10:00", "11:00").json()

    answer = world.counter().post("/closures", closure(world, "04", cancel_bookings=True))

    assert (answer.status_code, answer.json()["cancelled_bookings"]) == (201, 1)
    now = world.counter().get(f"/bookings/{made['booking_id']}").json()
    assert (now["state"], now["version"]) == ("cancelled", 2)
    assert busy(world, "04", "book_room") == [("09:00", "12:00")]


def test_the_counters_list_of_the_day_tells_which_bookings_a_closure_cancelled_to_call_whose_they_were(world):
    made = booking(world, "15", "10:00", "11:00").json()
    world.counter().post("/closures", closure(world, "15", cancel_bookings=True))

    (listed,) = world.counter().get("/bookings", date="2026-12-15").json()["items"]
    (to_operator,) = world.operator().get("/bookings", date="2026-12-15").json()["items"]

    assert (listed["booking_id"], listed["ended_reason"]) == (made["booking_id"], "closure")
    assert "purpose" not in listed and "ended_reason" not in to_operator


def test_guests_who_are_in_the_room_are_never_cancelled_away(world):
    made = booking(world, "05", "10:00", "11:00").json()
    world.clock.set(at("2026-12-05T10:00"))
    world.operator().post(f"/bookings/{made['booking_id']}/check-in", version=1)

    answer = world.counter().post("/closures", closure(world, "05", hours=("10:30", "12:00"), cancel_bookings=True))

    assert (answer.status_code, answer.json()["code"]) == (409, "bookings_in_the_way")
    assert answer.json()["guests_are_in"] is True


def test_a_second_closure_of_the_same_time_is_refused(world):
    world.counter().post("/closures", closure(world, "06"))

    answer = world.counter().post("/closures", closure(world, "06", space=None))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_closed")


def test_opened_again_the_room_is_free_at_once_and_only_once(world):
    made = world.counter().post("/closures", closure(world, "07")).json()
    path = f"/closures/{made['closure_id']}/end"

    opened = world.counter().post(path, version=1)

    assert (opened.status_code, opened.json()["version"]) == (200, 2)
    assert opened.json()["ended_at"] is not None
    assert booking(world, "07", "09:00", "10:00").status_code == 201
    assert world.counter().post(path, version=2).json()["code"] == "closure_over"
    listed = world.counter().get("/closures", venue_id=world.house.venue_id).json()["items"]
    assert made["closure_id"] not in [one["closure_id"] for one in listed]
    with_past = world.counter().get("/closures", venue_id=world.house.venue_id, with_past="true", limit=200).json()
    assert made["closure_id"] in [one["closure_id"] for one in with_past["items"]]


def test_times_that_cannot_be_closed_are_refused(world):
    for hours, code in (
        (("12:00", "09:00"), "ends_not_after_start"),
        (("09:00", "09:00"), "ends_not_after_start"),
        (("09:10", "12:00"), "not_on_grain"),
    ):
        answer = world.counter().post("/closures", closure(world, "08", hours=hours))
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    past = closure(world, "08") | {"starts_at": at("2026-11-20T09:00").isoformat()}
    assert world.counter().post("/closures", past).json()["code"] == "in_the_past"
    century = closure(world, "08") | {"ends_at": at("2126-12-08T09:00").isoformat()}
    assert world.counter().post("/closures", century).json()["code"] == "closure_too_long"


def test_a_room_of_another_venue_is_not_found(world):
    body = closure(world, "09") | {"space_id": "0192f0c4-7a10-7b3e-8f00-00000000a101"}

    assert world.counter().post("/closures", body).json()["code"] == "space_not_found"
