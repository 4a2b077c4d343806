# SPDX-License-Identifier: Apache-2.0
"""Setting up and cleaning are occupied time: nobody books into it, and everybody sees it as busy."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from chassis.auth import Actor
from chassis.errors import Conflict
from venue.usecases.booking import see_times
from venue.usecases.venues.change_venue import publish

from ..conftest import WUFUQIAO, at, book, resident

DAY = date(2026, 11, 26)


@pytest.fixture
def room(deps, house, database) -> UUID:
    """A room that is set up for half an hour and cleaned for an hour."""
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET setup_minutes = 30, cleanup_minutes = 60 WHERE code = 'book_room'")
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        publish(deps, work, house.venue_id)
        work.commit()
    return house.spaces["book_room"]


def busy(days) -> list[tuple[str, str, bool]]:
    (day,) = [one for one in days if one["date"] == DAY.isoformat()]
    return [
        (one["starts_at"][11:16], one["ends_at"][11:16], one.get("mine", False))
        for one in day["intervals"]
        if one["state"] == "busy"
    ]


def test_a_booking_holds_its_setup_and_cleanup_and_shows_its_own_time(deps, room, look):
    booking = book(deps, resident(), room, "2026-11-26T10:00", "2026-11-26T12:00")

    assert (booking["starts_at"][11:16], booking["ends_at"][11:16]) == ("10:00", "12:00")
    assert look("SELECT starts_at, ends_at FROM occupancies") == [(at("2026-11-26T09:30"), at("2026-11-26T13:00"))]


@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [
        ("13:00", "14:00", False),  # its setup would fall into the other's cleanup
        ("13:30", "14:30", True),
        ("09:00", "09:30", False),
    ],
)
def test_neighbours_keep_both_buffers_apart(deps, room, starts, ends, fits):
    book(deps, resident(), room, "2026-11-26T10:30", "2026-11-26T12:00")
    wish = (f"2026-11-26T{starts}", f"2026-11-26T{ends}")

    if fits:
        assert book(deps, resident(), room, *wish)["state"] == "confirmed"
    else:
        with pytest.raises(Conflict):
            book(deps, resident(), room, *wish)


def test_a_buffer_may_lie_outside_the_opening_hours(deps, room):
    assert book(deps, resident(), room, "2026-11-26T09:00", "2026-11-26T10:00")["state"] == "confirmed"
    assert book(deps, resident(), room, "2026-11-26T21:00", "2026-11-26T22:00")["state"] == "confirmed"


def test_the_whole_house_cannot_be_had_while_a_room_of_it_is_cleaned(deps, room, house):
    book(deps, resident(), room, "2026-11-26T10:00", "2026-11-26T12:00")

    with pytest.raises(Conflict):
        book(deps, resident(), house.spaces["whole_house"], "2026-11-26T12:30", "2026-11-26T13:30")
    assert book(deps, resident(), house.spaces["whole_house"], "2026-11-26T13:00", "2026-11-26T14:00")


def test_what_cannot_be_booked_for_a_buffer_is_shown_busy_and_only_ones_own_time_as_ones_own(deps, room, house):
    who = resident()
    book(deps, who, room, "2026-11-26T14:00", "2026-11-26T16:00")

    spaces = see_times.availability(deps, who, house.venue_id, DAY, 1, "zh")["spaces"]
    (mine,) = [one for one in spaces if one["space_id"] == str(room)]
    public = see_times.public_week(deps, WUFUQIAO, room, DAY, "zh")

    # Use must end an hour before its setup begins, and begin half an hour after its cleanup has ended.
    assert busy(mine["days"]) == [("12:30", "14:00", False), ("14:00", "16:00", True), ("16:00", "17:30", False)]
    assert busy(public["days"]) == [("12:30", "17:30", False)]


def test_alternatives_leave_room_for_the_buffers(deps, room):
    book(deps, resident(), room, "2026-11-26T10:00", "2026-11-26T12:00")

    with pytest.raises(Conflict) as refused:
        book(deps, resident(), room, "2026-11-26T12:00", "2026-11-26T13:00")

    offered = [one["starts_at"][11:16] for one in refused.value.extra["alternatives"] if one["space_id"] == str(room)]
    assert offered == ["13:30", "14:00"]
