# SPDX-License-Identifier: Apache-2.0
"""Sixty-four clients want the same hour: exactly one gets it, because the database says so.

The control runs take the constraint away and demand that the race is then seen: a race test that stays
green without what it tests proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from chassis.errors import Conflict
from venue import bootstrap
from venue.deps import Deps

from ..conftest import OVERLAPS, book, resident

CLIENTS = 64
# All of them overlap 19:30–20:00, so one winner is the most there can be.
WISHES = [("19:00", "21:00"), ("19:30", "20:00"), ("18:00", "20:30"), ("19:30", "22:00")]


@pytest.fixture
def crowd(config, frozen_clock, house) -> Iterator[Deps]:
    """Dependencies with a connection for each client."""
    deps = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    yield deps
    deps.database.close()


def race(deps: Deps, wishes: list[tuple]) -> Counter[str]:
    """Let every wish start at the same moment; count how each ended."""
    barrier = Barrier(len(wishes))

    def one(wish: tuple) -> str:
        barrier.wait()
        try:
            book(deps, resident(), *wish)
            return "won"
        except Conflict as error:
            return error.code
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(wishes)) as clients:
        return Counter(clients.map(one, wishes))


def pavilion_wishes(house, day: str) -> list[tuple]:
    pavilion = house.spaces["council_pavilion"]
    return [
        (pavilion, f"2026-11-{day}T{start}", f"2026-11-{day}T{end}")
        for start, end in (WISHES[number % len(WISHES)] for number in range(CLIENTS))
    ]


def test_of_sixty_four_clients_exactly_one_gets_the_slot(crowd, house, look):
    for day in ("24", "25", "26"):
        assert race(crowd, pavilion_wishes(house, day)) == {"won": 1, "slot_taken": CLIENTS - 1}

    assert look(OVERLAPS) == [(0,)]
    assert look("SELECT count(*) FROM bookings") == [(3,)]


def test_the_whole_house_and_its_rooms_never_both_win(crowd, house, look):
    singles = ["council_pavilion", "service_post", "elders_space", "book_room"]
    for day in ("24", "25", "26", "27"):
        times = (f"2026-11-{day}T19:00", f"2026-11-{day}T21:00")
        names = ["whole_house", *singles] * 6

        ended = race(crowd, [(house.spaces[name], *times) for name in names])

        winners = look(
            "SELECT s.code FROM bookings b JOIN spaces s ON s.id = b.space_id WHERE b.local_start::date = %s::date",
            f"2026-11-{day}",
        )
        assert ended["won"] == len(winners)
        assert sorted(code for (code,) in winners) in (["whole_house"], sorted(singles))
        assert set(ended) == {"won", "slot_taken"}
    assert look(OVERLAPS) == [(0,)]


def test_a_loser_leaves_nothing_behind_and_the_public_sees_the_winner_alone(crowd, house, look):
    race(crowd, pavilion_wishes(house, "26"))

    for table in ("bookings", "occupancies", "published_busy_times", "outbox", "audit"):
        rows = look(f"SELECT count(*) FROM {table}" + (" WHERE action <> 'venue.created'" if table == "audit" else ""))
        assert rows == [(1,)], table


def test_control_a_constraint_that_compares_nothing_lets_the_race_be_seen(crowd: Deps, house, database, look: Callable):
    with database.superuser() as connection:
        connection.execute("ALTER TABLE occupancies DROP CONSTRAINT ex_occupancies_held_once")
        connection.execute(
            "ALTER TABLE occupancies ADD CONSTRAINT ex_occupancies_held_once"
            " EXCLUDE USING gist (uuid_range(id, id, '[]') WITH &&) WHERE (active)"
        )
        connection.execute("ALTER TABLE published_busy_times DROP CONSTRAINT pk_published_busy_times")

    ended = race(crowd, pavilion_wishes(house, "26"))

    assert ended["won"] > 1, "the control run must see double bookings"
    assert look(OVERLAPS)[0][0] > 0


def test_control_without_the_constraint_nothing_is_booked_at_all(crowd, house, database, look):
    with database.superuser() as connection:
        connection.execute("ALTER TABLE occupancies DROP CONSTRAINT ex_occupancies_held_once")

    ended = race(crowd, pavilion_wishes(house, "26"))

    assert ended == {"UndefinedObject": CLIENTS}
    assert look("SELECT count(*) FROM bookings") == [(0,)]


def test_the_same_click_sixty_four_times_is_one_booking(crowd, house, look):
    from venue.usecases.booking.book_space import BookSpace, book_space

    from ..conftest import at, keyed

    who, attempt = resident(), keyed()
    command = BookSpace(house.spaces["book_room"], at("2026-11-26T19:00"), at("2026-11-26T20:00"))
    barrier = Barrier(CLIENTS)

    def click(_number: int) -> bytes:
        barrier.wait()
        return book_space(crowd, who, command, attempt).body

    with ThreadPoolExecutor(CLIENTS) as clicks:
        answers = set(clicks.map(click, range(CLIENTS)))

    assert len(answers) == 1
    assert look("SELECT count(*) FROM bookings") == [(1,)]
