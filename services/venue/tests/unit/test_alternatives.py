# SPDX-License-Identifier: Apache-2.0
"""What somebody is offered whose wish is taken."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from venue.domain.alternatives import Candidate, suggest
from venue.domain.availability import Held, day_intervals
from venue.domain.hours import WeeklyRule, spans_on

from ..conftest import CHENGDU, at

THURSDAY = date(2026, 11, 26)
SPANS = spans_on(THURSDAY, [WeeklyRule("commercial", 4, 1080, 1320)], CHENGDU)
START, END = at("2026-11-26T19:00"), at("2026-11-26T20:00")
PAVILION, POST, ELDERS, BOOKS, HOUSE = (uuid4() for _ in range(5))


def rooms(**held: list[Held]) -> dict[UUID, Candidate]:
    sizes = {"pavilion": (PAVILION, 12, 1), "post": (POST, 6, 1), "elders": (ELDERS, 20, 1), "books": (BOOKS, 16, 1),
             "house": (HOUSE, 54, 4)}  # fmt: skip
    now = at("2026-11-23T10:00")
    return {
        key: Candidate(key, seats, atoms, day_intervals(THURSDAY, SPANS, held.get(name, []), zone=CHENGDU, now=now))
        for name, (key, seats, atoms) in sizes.items()
    }


def offered(candidates, wished=PAVILION, party_size=None):
    found = suggest(wished, "commercial", START, END, candidates, party_size)
    return [(one.space_id, one.starts_at.astimezone(CHENGDU).hour) for one in found]


def test_one_other_room_comes_first_then_the_nearest_times_of_the_same_room():
    taken = [Held(START, END)]

    assert offered(rooms(pavilion=taken)) == [(BOOKS, 19), (PAVILION, 18), (PAVILION, 20)]


def test_the_whole_house_is_never_offered_for_one_room():
    taken = [Held(START, END)]

    assert HOUSE not in {room for room, _ in offered(rooms(pavilion=taken, post=taken, elders=taken, books=taken))}


def test_a_room_too_small_for_the_party_is_not_offered():
    full = [Held(at("2026-11-26T18:00"), at("2026-11-26T22:00"))]

    assert offered(rooms(pavilion=full, books=full), party_size=15) == [(ELDERS, 19)]


def test_where_everything_is_taken_nothing_is_offered():
    full = [Held(at("2026-11-26T18:00"), at("2026-11-26T22:00"))]

    assert offered(rooms(pavilion=full, post=full, elders=full, books=full)) == []


def test_never_more_than_three_are_offered():
    assert len(offered(rooms())) == 3
