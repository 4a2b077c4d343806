# SPDX-License-Identifier: Apache-2.0
"""A room that is divided, retired or given other hours in the very moment somebody books it.

A booking is judged by one statement and stored by the next. What a venue became between the two must not be missed:
a divided room held without its new half could be had twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Event, Thread

import pytest
from chassis.errors import AppError, NotFound, Unprocessable
from chassis.testing.loops import until
from venue import bootstrap
from venue.deps import Deps
from venue.store.booking import bookings
from venue.store.venues import spaces
from venue.usecases.opening.opening import set_own_hours
from venue.usecases.venues.closures import CloseSpace, close_space
from venue.usecases.venues.spaces import NewSpace, create_space, retire_space

from ..conftest import at, book, keyed, resident, secretary

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
LACKING = """
    SELECT count(*) FROM bookings b JOIN space_atoms a ON a.space_id = b.space_id
    WHERE b.state = 'confirmed' AND NOT EXISTS (
        SELECT FROM occupancies o WHERE o.booking_id = b.id AND o.atom_id = a.atom_id AND o.active)"""
CLOSED_BY_HALF = """
    SELECT count(*) FROM closures c JOIN space_atoms a ON a.space_id = c.space_id
    WHERE NOT EXISTS (SELECT FROM occupancies o WHERE o.closure_id = c.id AND o.atom_id = a.atom_id AND o.active)"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def crowd(config, frozen_clock, house) -> Iterator[Deps]:
    """Dependencies with connections for everybody."""
    deps = bootstrap.build(replace(config, pool_size=24), clock=frozen_clock)
    yield deps
    deps.database.close()


def divide(deps: Deps, house, code: str = "window_side"):
    """Make a part of the book room, over an atom that did not exist before."""
    new = NewSpace(code, "窗边", "Window side", 6, new_atoms=[code], divides=house.spaces["book_room"])
    return create_space(deps, secretary(), house.venue_id, new, keyed())


def meanwhile(monkeypatch, act: Callable[[], object]) -> None:
    """Let ``act`` happen, and commit, after the next booking was judged and before it is stored."""
    real, acts = bookings.insert_and_hold, [act]

    def hold(*arguments):
        while acts:
            with ThreadPoolExecutor(1) as somebody_else:
                somebody_else.submit(acts.pop()).result()
        return real(*arguments)

    monkeypatch.setattr(bookings, "insert_and_hold", hold)


def test_a_room_divided_between_judging_and_storing_is_held_with_its_new_half(crowd, house, look, monkeypatch):
    meanwhile(monkeypatch, lambda: divide(crowd, house))

    assert book(crowd, resident(), house.spaces["book_room"], *EVENING)["state"] == "confirmed"

    assert look(LACKING) == [(0,)]


def test_control_a_booking_that_asks_for_no_version_lacks_the_new_half(crowd, house, look, database, monkeypatch):
    def any_version(work, values, atom_ids, _version):
        (current,) = work.connection.exec_driver_sql("SELECT judged_version FROM venues").scalars()
        return real(work, values, atom_ids, current)

    real = bookings.insert_and_hold
    monkeypatch.setattr(bookings, "insert_and_hold", any_version)
    meanwhile(monkeypatch, lambda: divide(crowd, house))

    book(crowd, resident(), house.spaces["book_room"], *EVENING)

    assert look(LACKING)[0][0] > 0, "the control run must see the missing half"


def test_a_booking_waits_for_a_division_that_is_under_way_and_is_judged_by_it(crowd, house, look, monkeypatch):
    under_way, may_end = Event(), Event()
    real = spaces.check_tree

    def check_tree(work):
        under_way.set()
        assert may_end.wait(90)
        real(work)

    monkeypatch.setattr(spaces, "check_tree", check_tree)
    dividing = Thread(target=divide, args=(crowd, house))
    dividing.start()
    assert under_way.wait(90)

    with ThreadPoolExecutor(1) as somebody:
        booked = somebody.submit(book, crowd, resident(), house.spaces["book_room"], *EVENING)
        until(lambda: look(WAITING) != [(0,)], "somebody waits for the division")
        assert not booked.done(), "it must not be stored before the division is"
        may_end.set()
        assert booked.result()["state"] == "confirmed"
    dividing.join()

    assert look(LACKING) == [(0,)]


def test_of_a_crowd_that_books_while_rooms_are_divided_nobody_lacks_a_half(crowd, house, look):
    def one(number: int) -> str:
        try:
            if number % 4 == 0:
                divide(crowd, house, f"corner_{number}")
                return "divided"
            day = 24 + number % 5
            book(crowd, resident(), house.spaces["book_room"], f"2026-11-{day}T19:00", f"2026-11-{day}T20:00")
            return "booked"
        except AppError as refusal:
            return refusal.code

    with ThreadPoolExecutor(20) as everybody:
        ended = list(everybody.map(one, range(20)))

    assert set(ended) <= {"divided", "booked", "slot_taken", "space_in_use"}
    assert ended.count("booked") == 5
    assert look(LACKING) == [(0,)]


def test_a_room_retired_in_the_same_moment_is_not_booked(crowd, house, look, monkeypatch):
    room = house.spaces["book_room"]
    meanwhile(monkeypatch, lambda: retire_space(crowd, secretary(), room, keyed()))

    with pytest.raises(NotFound) as refused:
        book(crowd, resident(), room, *EVENING)

    assert refused.value.code == "space_not_found"
    assert look("SELECT count(*) FROM bookings") == [(0,)]


def test_hours_changed_in_the_same_moment_already_bind(crowd, house, look, monkeypatch):
    day = date(2026, 11, 26)
    meanwhile(monkeypatch, lambda: set_own_hours(crowd, secretary(), house.venue_id, day, [], keyed()))

    with pytest.raises(Unprocessable) as refused:
        book(crowd, resident(), house.spaces["book_room"], *EVENING)

    assert refused.value.code == "outside_opening"
    assert look("SELECT count(*) FROM bookings") == [(0,)]


def test_a_closure_waits_for_a_division_and_closes_the_new_half_too(crowd, house, look, monkeypatch):
    under_way, may_end = Event(), Event()
    real = spaces.check_tree

    def check_tree(work):
        under_way.set()
        assert may_end.wait(90)
        real(work)

    monkeypatch.setattr(spaces, "check_tree", check_tree)
    dividing = Thread(target=divide, args=(crowd, house))
    dividing.start()
    assert under_way.wait(90)
    command = CloseSpace(house.venue_id, house.spaces["book_room"], at(EVENING[0]), at(EVENING[1]), "检修", "Repairs")

    with ThreadPoolExecutor(1) as somebody:
        closed = somebody.submit(close_space, crowd, secretary(), command, keyed())
        until(lambda: look(WAITING) != [(0,)], "somebody waits for the division")
        may_end.set()
        assert closed.result().status == 201
    dividing.join()

    assert look(CLOSED_BY_HALF) == [(0,)]
