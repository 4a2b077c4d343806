# SPDX-License-Identifier: Apache-2.0
"""Times that are none, and times at which nothing can be booked: refused alike by booking, checking and moving."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("written", ["infinity", "2026-11-26", "2026-02-30T19:00:00+08:00", "0001-01-01T00:00:00+14:00",
                                     "9999-12-31T23:59:59-12:00", "2026-11-26T25:00:00+08:00"])  # fmt: skip
def test_what_is_no_time_is_refused(world, written):
    for path in ("/bookings", "/bookings/check"):
        answer = world.resident().post(path, {**world.wish(), "starts_at": written})

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


BAD = {
    "inverted": ("2026-11-26T21:00:00+08:00", "2026-11-26T19:00:00+08:00", "ends_not_after_start"),
    "empty": ("2026-11-26T19:00:00+08:00", "2026-11-26T19:00:00+08:00", "ends_not_after_start"),
    "past": ("2020-11-26T19:00:00+08:00", "2020-11-26T20:00:00+08:00", "in_the_past"),
    "a century": ("2026-11-26T19:00:00+08:00", "2126-11-26T19:00:00+08:00", "too_long"),
    "far ahead": ("2199-11-26T19:00:00+08:00", "2199-11-26T20:00:00+08:00", "too_far_ahead"),
    "over midnight, where it is closed": ("2026-11-26T21:00:00+08:00", "2026-11-27T01:00:00+08:00", "outside_opening"),
}


@pytest.mark.parametrize(("starts", "ends", "code"), BAD.values(), ids=BAD)
def test_bad_times_are_refused_with_the_rules_code_by_booking_checking_and_moving(world, starts, ends, code):
    who, times = world.resident(), {"starts_at": starts, "ends_at": ends}
    booking = world.booked(who)
    wish = {"space_id": booking["space_id"], **times}

    booked, checked = who.post("/bookings", wish), who.post("/bookings/check", wish)
    moved = who.post(f"/bookings/{booking['booking_id']}/move", times, version=1)

    assert (booked.status_code, booked.json()["code"]) == (422, code)
    assert (moved.status_code, moved.json()["code"]) == (422, code)
    assert (checked.status_code, checked.json()["allowed"]) == (200, False)
    assert code in [one["code"] for one in checked.json()["failures"]]
    assert who.get(f"/bookings/{booking['booking_id']}").json() == booking
