# SPDX-License-Identifier: Apache-2.0
"""Two who move into each other's place never wait for each other: nobody is chosen as a victim and tried again.

Here nobody is tried again at all, so that a deadlock is seen, and everybody pauses before taking, so that all meet.
Each way to meet has its control, which takes away what keeps it from being a circle, and sees the deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from time import sleep
from typing import Any
from uuid import UUID

import chassis.db
import psycopg
import pytest
from chassis.errors import AppError
from sqlalchemy.exc import OperationalError
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.store.booking import holdings, quota_uses
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.booking.quotas import SetQuota, set_quota

from ..conftest import OVERLAPS, House, at, book, resident, secretary

Act = Callable[[], object]
DAYS = [f"2026-11-{day}" for day in range(24, 30)]
SOON = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 200', current_database()); END $$"
DEADLOCK = "40P01"
PAUSE = 0.6


@pytest.fixture
def crowd(config, frozen_clock, house, database, monkeypatch) -> Iterator[Deps]:
    """Dependencies whose victims are told so."""
    monkeypatch.setattr(chassis.db, "RETRYABLE", frozenset())
    with database.superuser() as connection:
        connection.execute(SOON)
    deps = bootstrap.build(replace(config, pool_size=2 * len(DAYS)), clock=frozen_clock)
    yield deps
    deps.database.close()


def take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everybody pause between giving up and taking."""
    for module, name in ((holdings, "take_free"), (quota_uses, "use")):
        act = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *told, _act=act: (sleep(PAUSE), _act(*told))[1])


def race(acts: list[Act]) -> list[str]:
    """Start all acts at the same moment; return how each ended."""
    barrier = Barrier(len(acts))

    def one(act: Act) -> str:
        barrier.wait()
        try:
            act()
            return "done"
        except AppError as refusal:
            return refusal.code
        except (OperationalError, psycopg.OperationalError) as error:
            return str(getattr(error, "orig", error).sqlstate)

    with ThreadPoolExecutor(len(acts)) as clients:
        return list(clients.map(one, acts))


def mover(deps: Deps, house: House, booked: tuple[str, str, str], wanted: tuple[str, str, str]) -> Act:
    """Book a room for a time, and return what moves the booking to another."""
    who = resident()
    stored = book(deps, who, house.spaces[booked[0]], *booked[1:])
    to = MoveBooking(at(wanted[1]), at(wanted[2]), house.spaces[wanted[0]])
    return lambda: move_booking(deps, who, UUID(stored["booking_id"]), to, InProcess())


def rooms(deps: Deps, house: House) -> list[Act]:
    """Two on each day want each other's room."""
    acts = []
    for day in DAYS:
        times = (f"{day}T19:00", f"{day}T21:00")
        acts += [
            mover(deps, house, ("book_room", *times), ("elders_space", *times)),
            mover(deps, house, ("elders_space", *times), ("book_room", *times)),
        ]
    return acts


def neighbours(deps: Deps, house: House) -> list[Act]:
    """Two on each day, one after the other in one room, want half an hour of each other's."""
    acts = []
    for day in DAYS:
        early, late = ("18:00", "20:00"), ("20:00", "22:00")
        for booked, wanted in ((early, ("18:30", "20:30")), (late, ("19:30", "21:30"))):
            times = [("book_room", f"{day}T{one[0]}", f"{day}T{one[1]}") for one in (booked, wanted)]
            acts.append(mover(deps, house, *times))
    return acts


def houses(deps: Deps, house: House) -> list[Act]:
    """One wants the whole house besides the room whose turn comes last, another the whole house from the first on."""
    last = max((code for code in house.atoms if code in house.spaces), key=lambda code: house.atoms[code])
    acts: list[Act] = []
    for day in DAYS:
        times = (f"{day}T19:00", f"{day}T21:00")
        acts.append(mover(deps, house, (last, *times), ("whole_house", *times)))
        acts.append(lambda t=times: (sleep(PAUSE / 2), book(deps, resident(), house.spaces["whole_house"], *t)))
    return acts


def weeks(deps: Deps, house: House) -> list[Act]:
    """Two want each other's week, both counted by the whole community's quota."""
    quota = SetQuota("community", "week", count_limit=100)
    set_quota(deps, secretary(), house.venue_id, quota, InProcess())
    first, second = ("2026-11-26T19:00", "2026-11-26T20:00"), ("2026-12-03T19:00", "2026-12-03T20:00")
    return [
        mover(deps, house, ("book_room", *first), ("elders_space", *second)),
        mover(deps, house, ("service_post", *second), ("council_pavilion", *first)),
    ]


def at_once(work: Any, held: Any, wanted: Any) -> holdings.Instead:
    given_up = holdings.let_go(work, [one.holding_id for one in held])
    return holdings.Instead(holdings.take_free(work, wanted), given_up, [])


def back_then_use(work: Any, booking_ids: Any, _wanted: Any) -> None:
    quota_uses.give_back(work, booking_ids)


WAYS = [
    (rooms, holdings, "take_instead", at_once),
    (neighbours, holdings, "_ONE_AT_A_TIME", "SELECT %(division)s, %(atom_ids)s::text[]"),
    (houses, holdings, "take_instead", at_once),
    (weeks, quota_uses, "give_back_for", back_then_use),
]


@pytest.mark.parametrize("meet", [way[0] for way in WAYS])
def test_who_move_into_each_others_place_never_wait_in_a_circle(crowd, house, look, monkeypatch, meet):
    acts = meet(crowd, house)
    take_their_time(monkeypatch)

    ended = race(acts)

    assert set(ended) <= {"done", "slot_taken"}
    assert look(OVERLAPS) == [(0,)]
    held = look("SELECT count(DISTINCT booking_id) FROM occupancies WHERE active")
    assert held == look("SELECT count(*) FROM bookings WHERE state = 'confirmed'"), (
        "who could not move has what they had"
    )


@pytest.mark.parametrize(("meet", "module", "name", "without"), WAYS)
def test_control_without_that_order_there_are_deadlocks(crowd, house, monkeypatch, meet, module, name, without):
    acts = meet(crowd, house)
    take_their_time(monkeypatch)
    monkeypatch.setattr(module, name, without)

    assert DEADLOCK in race(acts)
