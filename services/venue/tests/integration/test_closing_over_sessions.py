# SPDX-License-Identifier: Apache-2.0
"""Closing a room in which a desk is kept or officials sit: told first, and given back when it opens again."""

from __future__ import annotations

from uuid import UUID

import pytest
from chassis.errors import Conflict
from venue.deps import InProcess
from venue.usecases.venues.closures import CloseSpace, close_space, end_closure

from ..conftest import at, book, counter, resident
from .sitting_house import desk, open_tea, take
from .waiting_list import entry_of, wait_for

STATES = "SELECT kind, state FROM sessions ORDER BY kind"


def close(deps, house, space: str | None = "service_post", *, go_on: bool = False) -> UUID:
    """Close a room, or the house, for all of Wednesday; the closure's id."""
    times = at("2026-11-25T00:00"), at("2026-11-25T18:00")
    command = CloseSpace(house.venue_id, house.spaces[space] if space else None, *times, "修水管", "Plumbing", go_on)
    return UUID(close_space(deps, counter(), command, InProcess()).content["closure_id"])


def test_sessions_in_the_way_are_told_with_how_many_hold_a_number_and_nothing_changes(deps, house, look):
    at_the_desk, sitting = desk(deps, house), open_tea(deps, house)
    for who in (resident(), resident()):
        take(deps, who, at_the_desk)

    with pytest.raises(Conflict, match="sessions_in_the_way") as refused:
        close(deps, house, None)

    told = refused.value.extra["sessions"]
    assert [(one["session_id"], one["kind"], one["date"], one["numbers_out"]) for one in told] == [
        (str(at_the_desk), "desk", "2026-11-25", 2),
        (str(sitting), "sitting", "2026-11-25", 0),
    ]
    assert look(STATES) == [("desk", "planned"), ("sitting", "planned")]


def test_sessions_stand_beside_the_bookings_in_the_way_and_both_give_way_when_told_to(deps, house, look):
    session = desk(deps, house)
    book(deps, resident(), house.spaces["book_room"], "2026-11-25T10:00", "2026-11-25T11:00")

    with pytest.raises(Conflict, match="bookings_in_the_way") as refused:
        close(deps, house, None)
    close(deps, house, None, go_on=True)

    assert [one["session_id"] for one in refused.value.extra["sessions"]] == [str(session)]
    assert look(STATES) == [("desk", "unplaced")]
    assert look("SELECT state FROM bookings") == [("cancelled",)]


def test_opened_again_a_session_has_its_room_at_once_and_before_who_waits_for_it(deps, house, look):
    desk(deps, house)
    closure, waiter = close(deps, house, go_on=True), resident()
    wait_for(deps, waiter, house.spaces["service_post"], "2026-11-25T09:00", "2026-11-25T11:30", 60)

    end_closure(deps, counter(), closure, InProcess())

    assert look(STATES) == [("desk", "planned")]
    assert entry_of(deps, waiter)["state"] == "waiting"
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(1,)]
