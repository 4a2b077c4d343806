# SPDX-License-Identifier: Apache-2.0
"""Rooms that come free other than by a cancellation go to who waited in the same transaction, too."""

from __future__ import annotations

from uuid import UUID

import pytest
from chassis.errors import Conflict
from venue.deps import InProcess
from venue.usecases.sittings import rotas
from venue.usecases.venues.closures import CloseSpace, close_space, end_closure

from ..conftest import at, book, counter, resident
from .sitting_house import tea
from .waiting_list import entry_of, wait_for

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


def close(deps, house, space: str, starts: str, ends: str) -> UUID:
    """Close a room for a time; the closure's id."""
    command = CloseSpace(house.venue_id, house.spaces[space], at(starts), at(ends), "检修空调", "Repairs", True)
    return UUID(close_space(deps, counter(), command, InProcess()).content["closure_id"])


def test_what_a_lifted_closure_gives_back_is_kept_for_who_waited_before_anybody_can_book_it(deps, house):
    closure_id = close(deps, house, "book_room", *EVENING)
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)

    end_closure(deps, counter(), closure_id, InProcess())

    assert entry_of(deps, waiter)["state"] == "offered"
    with pytest.raises(Conflict, match="slot_taken"):
        book(deps, resident(), house.spaces["book_room"], *EVENING)


def test_what_is_left_of_the_room_of_a_session_that_made_way_for_a_closure_is_kept_too(deps, house, look):
    plan = tea(house, space_id=house.spaces["book_room"], weekdays=(4,), from_minute=19 * 60, minutes=120)
    rotas.create_rota(deps, counter(), plan, InProcess())
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], "2026-11-26T20:00", "2026-11-26T21:00", 60)

    close(deps, house, "book_room", "2026-11-26T18:00", "2026-11-26T20:00")

    assert look("SELECT state FROM sessions") == [("unplaced",)]
    assert entry_of(deps, waiter)["state"] == "offered"
