# SPDX-License-Identifier: Apache-2.0
"""Sixteen hundred contested slots through the real API: each has exactly one winner, none stays empty.

The control runs the same race with a constraint that compares nothing, and demands that doubles are seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest
from venue import bootstrap

from ..conftest import OVERLAPS
from .crowd import CLIENTS, Answer, Place, half_hours, outcomes, running_place

CONTENDERS = 4  # for each slot at the same moment: 16 slots a round fill the 64 clients
ROUNDS = 100  # 16 slots each
ROOMS = ("council_pavilion", "service_post", "elders_space", "book_room")
FREE_FOR_ALL = """
    ALTER TABLE occupancies DROP CONSTRAINT ex_occupancies_held_once;
    ALTER TABLE occupancies ADD CONSTRAINT ex_occupancies_held_once
        EXCLUDE USING gist (uuid_range(id, id, '[]') WITH &&) WHERE (active);
    ALTER TABLE published_busy_times DROP CONSTRAINT pk_published_busy_times"""


@pytest.fixture
def place(databases, teahouse, tokens) -> Iterator[Place]:
    """A fresh teahouse behind a real process."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    with running_place(database, teahouse, tokens) as running:
        yield running
    databases.drop(database)


def race(place: Place, rounds: int) -> tuple[Counter[str], Counter[int]]:
    """Let four clients want each of sixteen slots, round after round; count outcomes, and winners a slot."""
    crowd = [place.resident() for _ in range(CLIENTS)]
    ended: Counter[str] = Counter()
    winners: Counter[int] = Counter()
    times = half_hours()
    for _ in range(rounds):
        slots = [(room, time) for time in islice(times, 4) for room in ROOMS]

        def act(number: int, slots=slots) -> Answer:
            room, (starts, ends) = slots[number // CONTENDERS]
            wish = {"space_id": str(place.house.spaces[room]), "starts_at": starts, "ends_at": ends}
            return crowd[number].send("POST", "/bookings", wish)

        answers = place.together([lambda n=number: act(n) for number in range(CLIENTS)])
        ended += outcomes(answers)
        for first in range(0, CLIENTS, CONTENDERS):
            winners[sum(answer.status == 201 for answer in answers[first : first + CONTENDERS])] += 1
    return ended, winners


def test_each_of_sixteen_hundred_contested_slots_has_exactly_one_winner(place):
    ended, winners = race(place, ROUNDS)

    assert winners == {1: ROUNDS * 16}
    assert ended == {"201": ROUNDS * 16, "409 slot_taken": ROUNDS * 48}
    assert place.look(OVERLAPS) == [(0,)]


def test_control_the_same_race_without_the_constraint_books_twice(place):
    with place.database.superuser() as connection:
        connection.execute(FREE_FOR_ALL)

    _ended, winners = race(place, 3)

    assert max(winners) > 1, "the control run must see double bookings"
    assert place.look(OVERLAPS)[0][0] > 0
