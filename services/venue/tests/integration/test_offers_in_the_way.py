# SPDX-License-Identifier: Apache-2.0
"""An offer that has run out and stands in somebody's way ends as by its alarm: it is told, and the next is served."""

from __future__ import annotations

from uuid import UUID

import pytest
from chassis.db import uuid7
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.presence import offline_check_ins
from venue.usecases.presence.no_shows import release_everywhere
from venue.usecases.presence.offline_check_ins import Note
from venue.usecases.sittings import rotas

from ..conftest import at, book, counter, operator, resident
from .sitting_house import tea
from .waiting_list import cancel, entry_of, wait_for

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
OUTCOMES = "SELECT count(*) FROM outbox WHERE type = 'linli.venue.waiting.ended.v1'"


@pytest.fixture
def offered(deps, house):
    """Somebody who waited for the book room on Thursday evening and has been offered it."""
    holder, waiter = resident(), resident()
    booking_id = book(deps, holder, house.spaces["book_room"], *EVENING)["booking_id"]
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)
    cancel(deps, holder, booking_id)
    return waiter


def hold_a_sitting(deps, house, look) -> str:
    """Plan one for that evening; tell what became of its date."""
    plan = tea(house, space_id=house.spaces["book_room"], weekdays=(4,), from_minute=19 * 60, minutes=60)
    rotas.create_rota(deps, counter(), plan, InProcess())
    ((state,),) = look("SELECT state FROM sessions")
    return state


def test_a_session_in_the_room_of_an_offer_that_ran_out_ends_the_offer(deps, house, offered, frozen_clock, look):
    frozen_clock.advance(minutes=31)

    assert hold_a_sitting(deps, house, look) == "planned"

    assert entry_of(deps, offered)["state"] == "lapsed"
    assert look(OUTCOMES) == [(1,)]


def test_whoever_is_next_in_line_goes_before_the_session(deps, house, offered, frozen_clock, look):
    second = resident()
    wait_for(deps, second, house.spaces["book_room"], *EVENING, 120)
    frozen_clock.advance(minutes=31)

    assert hold_a_sitting(deps, house, look) == "unplaced"

    assert [entry_of(deps, who)["state"] for who in (offered, second)] == ["lapsed", "offered"]


def test_late_news_of_guests_in_the_room_of_an_offer_that_ran_out_ends_the_offer(deps, house, frozen_clock, look):
    guest, waiter = resident(), resident()
    booking = book(deps, guest, house.spaces["book_room"], *EVENING)
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)
    frozen_clock.set(at("2026-11-26T19:15"))
    release_everywhere(deps)
    look_after(deps, HANDLERS)
    assert entry_of(deps, waiter)["state"] == "offered"
    frozen_clock.set(at("2026-11-26T19:46"))
    note = Note(uuid7(), at("2026-11-26T19:10"), booking_id=UUID(booking["booking_id"]))

    (result,) = offline_check_ins.apply(deps, operator(), "门口平板", [note], InProcess()).content["items"]

    assert result["outcome"] == "accepted"
    assert entry_of(deps, waiter)["state"] == "lapsed"
    assert look(OUTCOMES) == [(1,)]
