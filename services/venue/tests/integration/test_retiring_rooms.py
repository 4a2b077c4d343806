# SPDX-License-Identifier: Apache-2.0
"""Taking a room out of use: who waits for it is told, and nothing else comes to a stop over it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.errors import Conflict
from chassis.event_schemas import Schemas
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.sittings.rotas import create_rota, end_rota, roll_rotas
from venue.usecases.venues.spaces import retire_space

from ..conftest import CONTRACTS, book, counter, resident, secretary
from .sitting_house import tea
from .waiting_list import cancel, entry_of, wait_for

ENDED = "linli.venue.waiting.ended.v1"
EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
UNATTENDED = "SELECT kind FROM due WHERE due_at <= %s"


@pytest.fixture
def whole_taken(deps, house):
    """The whole house on Thursday evening, taken by somebody: its book room is, too."""
    who = resident()
    return who, book(deps, who, house.spaces["whole_house"], *EVENING)["booking_id"]


def retire(deps, space_id):
    """Take a room out of use."""
    return retire_space(deps, secretary(), space_id, InProcess())


def test_who_waits_for_a_room_that_is_retired_is_told_that_nothing_comes_of_it(deps, house, whole_taken, look):
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)

    retire(deps, house.spaces["book_room"])

    assert entry_of(deps, waiter)["state"] == "lapsed"
    ((told,),) = look("SELECT payload FROM outbox WHERE type = 'linli.venue.waiting.ended.v1'")
    data = json.loads(bytes(told))["data"]
    assert (data["how"], data["reason_code"]) == ("lapsed", "room_retired")
    assert (data["starts_at"], data["ends_at"]) == ("2026-11-26T11:00:00+00:00", "2026-11-26T13:00:00+00:00")
    Schemas(CONTRACTS, [ENDED]).require_exact(ENDED, data)
    assert look("SELECT count(*) FROM audit WHERE action = 'waiting.lapsed'") == [(1,)]


def test_bookings_requests_and_open_offers_in_the_way_are_each_called_what_they_are(deps, house, database):
    room = house.spaces["book_room"]
    holder = resident()
    taken = book(deps, holder, room, *EVENING)["booking_id"]
    wait_for(deps, resident(), room, *EVENING, 120)
    cancel(deps, holder, taken)

    with pytest.raises(Conflict, match="space_in_use") as only_offered:
        retire(deps, room)
    book(deps, resident(), room, "2026-11-27T10:00", "2026-11-27T11:00")
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET needs_approval = true WHERE code = 'book_room'")
    book(deps, resident(), room, "2026-11-27T14:00", "2026-11-27T15:00")
    with pytest.raises(Conflict, match="space_in_use") as all_three:
        retire(deps, room)

    kinds = ("bookings", "requests", "offers")
    assert [only_offered.value.extra[kind] for kind in kinds] == [0, 0, 1]
    assert "预订" not in only_offered.value.reason["zh"] and "候补" in only_offered.value.reason["zh"]
    assert [all_three.value.extra[kind] for kind in kinds] == [1, 1, 1]
    assert len(all_three.value.extra["codes"]) == all_three.value.extra["count"] == 3


@pytest.mark.parametrize("by_cancelling", [True, False])
def test_an_entry_that_outlived_its_room_stops_nobody(deps, house, whole_taken, database, frozen_clock, look,
                                                      by_cancelling):  # fmt: skip
    holder, booking_id = whole_taken
    stranded, second = resident(), resident()
    wait_for(deps, stranded, house.spaces["book_room"], *EVENING, 60)
    wait_for(deps, second, house.spaces["whole_house"], *EVENING, 60)
    with database.superuser() as connection:  # as where it was being served and the act was rolled back
        connection.execute(
            "UPDATE spaces SET retired_at = b.created_at FROM bookings b WHERE spaces.code = 'book_room'"
        )

    if by_cancelling:
        cancel(deps, holder, booking_id)
    else:
        with database.superuser() as connection:
            connection.execute("INSERT INTO due SELECT division_code, 'offers', %s FROM venues", (frozen_clock.now(),))
        look_after(deps, HANDLERS)

    assert entry_of(deps, stranded)["state"] == "lapsed"
    assert entry_of(deps, second)["state"] == ("offered" if by_cancelling else "waiting")
    assert look(UNATTENDED, frozen_clock.now() + timedelta(seconds=1)) == []


def plan(deps, house) -> dict[str, Any]:
    """Have officials sit in the book room every Wednesday."""
    return create_rota(
        deps, counter(), tea(house, space_id=house.spaces["book_room"], valid_until=None), InProcess()
    ).content


def end(deps, rota: dict[str, Any], last: date):
    """Let the plan end."""
    return end_rota(deps, counter(), UUID(rota["rota_id"]), last, InProcess()).content


def test_a_room_is_not_retired_while_sessions_lie_ahead_in_it(deps, house, look):
    rota = plan(deps, house)
    with pytest.raises(Conflict, match="sessions_ahead"):
        retire(deps, house.spaces["book_room"])
    end(deps, rota, date(2026, 11, 25))
    with pytest.raises(Conflict, match="sessions_ahead"):
        retire(deps, house.spaces["book_room"])
    end(deps, rota, date(2026, 11, 23))

    retire(deps, house.spaces["book_room"])

    assert look("SELECT DISTINCT state FROM sessions") == [("cancelled",)]


def test_a_plan_that_outlived_its_room_can_still_be_ended_and_stops_no_round(deps, house, database, look, caplog):
    rota = plan(deps, house)
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET retired_at = '2026-11-23' WHERE code = 'book_room'")

    roll_rotas(deps)
    ended = end(deps, rota, date(2026, 11, 24))

    assert "could not" not in caplog.text
    assert ended["space_name"] == "社区书屋"
    assert look("SELECT DISTINCT state FROM sessions") == [("cancelled",)]
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(0,)]
