# SPDX-License-Identifier: Apache-2.0
"""Waiting and being there through the API: what a door shows, what an offer leads to, and pages that continue."""

from __future__ import annotations

from ..conftest import WUFUQIAO
from .conftest import MONDAY_MORNING
from .operations.presence import display, mark


def test_a_display_needs_no_sign_in_and_shows_nothing_to_who_guesses(world):
    shown = world.anonymous.get(f"/door-displays/{display(world)['token']}")

    assert shown.status_code == 200
    assert set(shown.json()) >= {"state", "until", "next", "check_in_code"}
    assert world.anonymous.get(f"/door-displays/{WUFUQIAO}-{'A' * 32}").status_code == 404
    assert world.anonymous.get("/door-displays/nonsense").status_code == 400


def test_who_waits_for_a_free_hour_is_told_what_to_book(world):
    body = {**world.wish(), "minutes": 60}

    answer = world.resident().post("/waiting-entries", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "slot_is_free")
    assert answer.json()["alternatives"][0]["starts_at"] == body["starts_at"]


def test_an_offer_is_seen_confirmed_and_gone_from_the_list(world):
    holder, waiter = world.resident(), world.resident()
    booking = world.booked(holder)
    body = {"minutes": 60, **{name: booking[name] for name in ("space_id", "starts_at", "ends_at")}}
    waiter.post("/waiting-entries", body)

    holder.post(f"/bookings/{booking['booking_id']}/cancellation", version=1)
    offer = waiter.get("/my/waiting-entries").json()["items"][0]["offer"]
    confirmed = waiter.post(f"/bookings/{offer['booking_id']}/confirmation", version=offer["booking_version"])

    assert confirmed.json()["state"] == "confirmed"
    assert waiter.get("/my/waiting-entries").json()["items"][0]["state"] == "accepted"


def test_pages_of_marks_and_entries_continue_where_they_ended(world):
    who = world.resident()
    for _ in range(3):
        mark(world, who)
        world.clock.set(MONDAY_MORNING)

    first = who.get("/my/marks", limit=2).json()
    second = who.get("/my/marks", limit=2, cursor=first["next_cursor"]).json()

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
