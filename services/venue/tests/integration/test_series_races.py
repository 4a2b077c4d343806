# SPDX-License-Identifier: Apache-2.0
"""Series, single bookings, moves and changes of whole series at the same moment: nobody is let in twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from threading import Barrier

import pytest
from chassis.db import uuid7
from chassis.errors import AppError
from chassis.testing.loops import until
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.booking.placing import OnBehalf
from venue.usecases.series.cancel import cancel_series
from venue.usecases.series.change import change_series
from venue.usecases.series.create import CreateSeries, create_series
from venue.usecases.series.locking import ChangeSeries

from ..conftest import OVERLAPS, WUFUQIAO, at, book, counter, resident

CLIENTS = 64
TUESDAYS = [date(2026, 11, 24) + timedelta(weeks=number) for number in range(8)]
UNHOUSED = """
    SELECT count(*) FROM bookings b WHERE state = 'confirmed' AND NOT EXISTS (
        SELECT FROM occupancies o WHERE o.booking_id = b.id AND o.active AND o.starts_at = b.starts_at)"""


@pytest.fixture
def crowd(config, frozen_clock, house) -> Iterator[Deps]:
    """Dependencies with a connection for each client."""
    deps = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    yield deps
    deps.database.close()


def race(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Start all acts at the same moment; return what each came to: its result, or its refusal's code."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except AppError as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as clients:
        return list(clients.map(one, acts))


def weekly(house, room="council_pavilion", start="19:00", minutes=120, policy="skip_and_report") -> CreateSeries:
    return CreateSeries(
        house.spaces[room], "FREQ=WEEKLY;BYDAY=TU;COUNT=8", TUESDAYS[0], time.fromisoformat(start), minutes,
        policy=policy, on_behalf_of=OnBehalf(uuid7(), "每周固定"),
    )  # fmt: skip


def arranged(deps, command):
    return create_series(deps, counter(), command, InProcess()).content


def booked_dates(result) -> set[str]:
    return {row["date"] for row in result["dates"] if row["state"] == "booked"} if isinstance(result, dict) else set()


def test_of_sixty_four_series_every_date_has_exactly_one_winner(crowd, house, look):
    starts = ["18:30", "19:00", "19:30", "20:00"]
    commands = [weekly(house, start=starts[number % 4]) for number in range(CLIENTS)]

    results = race([lambda c=command: arranged(crowd, c) for command in commands])

    winners = Counter(day for result in results for day in booked_dates(result))
    assert winners == {day.isoformat(): 1 for day in TUESDAYS}
    assert look(OVERLAPS) == [(0,)]
    assert look("SELECT count(*) FROM bookings") == [(8,)]
    assert {result for result in results if isinstance(result, str)} <= {"series_dates_refused"}


def test_all_or_nothing_is_all_for_one_and_nothing_for_the_others(crowd, house, look):
    results = race([lambda: arranged(crowd, weekly(house, policy="all_or_nothing"))] * CLIENTS)

    assert [len(booked_dates(result)) for result in results if isinstance(result, dict)] == [8]
    assert {result for result in results if isinstance(result, str)} == {"series_dates_refused"}
    assert look("SELECT count(*) FROM series") == [(1,)]
    assert look("SELECT count(*) FROM bookings") == [(8,)]


def test_a_series_that_loses_a_date_in_the_race_keeps_the_others(crowd, house, look):
    pavilion = house.spaces["council_pavilion"]

    def single(day: date) -> str:
        book(crowd, resident(), pavilion, f"{day}T19:30", f"{day}T20:00")
        return day.isoformat()

    acts = [lambda d=day: single(d) for day in TUESDAYS for _ in range(7)]
    results = race([*acts, *[lambda: arranged(crowd, weekly(house))] * 8])

    singles = {result for result in results if isinstance(result, str) and result.startswith("2026")}
    singles |= {result for result in results if isinstance(result, str) and result.startswith("2027")}
    of_series = [booked_dates(result) for result in results if isinstance(result, dict)]
    every = {day.isoformat() for day in TUESDAYS}
    assert singles.union(*of_series) == every, "no slot stays empty"
    assert len(singles) + sum(map(len, of_series)) == len(every), "and none has two winners"
    for result in (one for one in results if isinstance(one, dict)):
        assert {row["reason_code"] for row in result["dates"] if row["state"] == "skipped"} <= {"slot_taken"}
    assert look(OVERLAPS) == [(0,)]


WAITS = "SELECT xact_start FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
TAKE = """
    INSERT INTO occupancies (division_code, atom_id, booking_id, during)
    VALUES (%s, %s, %s, tstzrange(%s, %s, '[)')) ON CONFLICT ON CONSTRAINT ex_occupancies_held_once DO NOTHING"""


@pytest.mark.impatient
def test_a_series_that_waited_in_vain_for_somebodys_transaction_waits_anew(crowd, house, database, look):
    """Two seconds are what a booking waits; a year of dates is not to be typed in again for them."""
    holder = book(crowd, resident(), house.spaces["elders_space"], "2026-11-25T19:00", "2026-11-25T20:00")
    during = (at(f"{TUESDAYS[0]}T19:00"), at(f"{TUESDAYS[0]}T21:00"))
    with database.superuser() as other, ThreadPoolExecutor(1) as client:
        other.autocommit = False
        other.execute(TAKE, (WUFUQIAO, house.atoms["council_pavilion"], holder["booking_id"], *during))
        series = client.submit(arranged, crowd, weekly(house))
        until(lambda: look(WAITS), "the series waits")
        ((began,),) = look(WAITS)
        until(lambda: look(WAITS) > [(began,)], "it gave that up and waits anew")
        other.rollback()

        assert len(booked_dates(series.result())) == 8
    assert look("SELECT count(*) FROM bookings") == [(9,)]


NO_VICTIMS = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 60000', current_database()); END $$"


def test_a_change_gives_its_rooms_up_only_once_it_has_the_others(crowd, house, look, database):
    """Else it would wait for somebody's new room with its old one half given up, and they for its old one: for ever."""
    with database.superuser() as connection:  # a circle stays one: nobody is taken out of it to be tried again
        connection.execute(NO_VICTIMS)
    series = arranged(crowd, weekly(house))
    holder = book(crowd, resident(), house.spaces["elders_space"], "2026-11-25T19:00", "2026-11-25T20:00")
    during = (at(f"{TUESDAYS[0]}T19:00"), at(f"{TUESDAYS[0]}T21:00"))
    wanted = ChangeSeries("all", space_id=house.spaces["service_post"])
    with database.superuser() as other, ThreadPoolExecutor(1) as client:
        other.autocommit = False
        other.execute("SET LOCAL lock_timeout = '300ms'")
        other.execute(TAKE, (WUFUQIAO, house.atoms["service_post"], holder["booking_id"], *during))
        change = client.submit(change_series, crowd, counter(), series["series_id"], wanted, InProcess())
        until(lambda: look(WAITS), "the change waits")

        got = other.execute(TAKE, (WUFUQIAO, house.atoms["council_pavilion"], holder["booking_id"], *during)).rowcount
        other.rollback()

        assert got == 0, "answered at once: the change still holds what it has"
        assert {row["space_name"] for row in change.result().content["dates"]} == {"服务驿站"}
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(9,)]


def test_series_singles_composites_moves_and_changes_at_once_never_overlap(crowd, house, look):
    rooms = ["council_pavilion", "elders_space", "book_room", "whole_house"]
    series = [arranged(crowd, weekly(house, room, "18:00", 60)) for room in rooms[:3]]
    holder = resident()
    movable = [
        book(crowd, holder, house.spaces["service_post"], f"{day}T18:00", f"{day}T19:00")["booking_id"]
        for day in TUESDAYS[:6]
    ]

    def change(one, start):
        wanted = ChangeSeries("all", local_start=time.fromisoformat(start))
        return change_series(crowd, counter(), one["series_id"], wanted, InProcess()).content

    def split(one):
        wanted = ChangeSeries("following", TUESDAYS[3], space_id=house.spaces["service_post"])
        return change_series(crowd, counter(), one["series_id"], wanted, InProcess()).content

    def move(booking_id, day, room):
        wanted = MoveBooking(at(f"{day}T19:00"), at(f"{day}T20:00"), house.spaces[room])
        return move_booking(crowd, holder, booking_id, wanted, InProcess()).content

    acts: list[Callable[[], object]] = []
    for number in range(20):
        room, day = rooms[number % 4], TUESDAYS[number % 6]
        acts.append(lambda r=room, n=number: arranged(crowd, weekly(house, r, f"{18 + n % 3}:00", 60)))
        acts.append(
            lambda r=room, d=day, n=number: book(
                crowd, resident(), house.spaces[r], f"{d}T{18 + n % 3}:30", f"{d}T{19 + n % 3}:30"
            )
        )
    acts += [lambda one=one, s=start: change(one, s) for one in series for start in ("18:30", "19:00", "20:30")]
    acts += [lambda one=one: split(one) for one in series]
    acts += [lambda b=b, d=d, r=r: move(b, d, r) for b, d, r in zip(movable, TUESDAYS, rooms[:3] * 2, strict=False)]
    acts += [lambda: cancel_series(crowd, counter(), series[2]["series_id"], "all", None, InProcess()).content] * 2

    results = race(acts)

    expected = {"slot_taken", "series_dates_refused", "series_over", "series_date_not_found"}
    assert {result for result in results if isinstance(result, str)} <= expected
    assert look(OVERLAPS) == [(0,)]
    assert look(UNHOUSED) == [(0,)]
    assert look("SELECT count(*) FROM published_busy_times") == look("SELECT count(*) FROM occupancies WHERE active")
