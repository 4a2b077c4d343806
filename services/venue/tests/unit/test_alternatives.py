# SPDX-License-Identifier: Apache-2.0
"""What somebody is offered whose wish is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from venue.domain.booking.alternatives import Candidate, days_to_look_at, suggest
from venue.domain.booking.availability import Held
from venue.domain.booking.offer import Offer, Price
from venue.domain.opening.hours import EARLIEST, WeeklyRule

from ..conftest import CHENGDU, at

NOW = at("2026-11-23T10:00")
OFFER = Offer(
    capacity=12, zone=CHENGDU, longest_minutes=240, horizon_days=60,
    rules=[WeeklyRule("commercial", 4, 1080, 1320)], prices=[Price("commercial", 1, EARLIEST, 3000)],
)  # fmt: skip
START, END = at("2026-11-26T19:00"), at("2026-11-26T20:00")
FULL = [Held(at("2026-11-26T18:00"), at("2026-11-26T22:00"))]
PAVILION, POST, ELDERS, BOOKS, HOUSE = (uuid4() for _ in range(5))


def rooms(offer: Offer = OFFER, **held: list[Held]) -> dict[UUID, Candidate]:
    sizes = {"pavilion": (PAVILION, 12, 1), "post": (POST, 6, 1), "elders": (ELDERS, 20, 1), "books": (BOOKS, 16, 1),
             "house": (HOUSE, 54, 4)}  # fmt: skip
    return {
        key: Candidate(key, replace(offer, capacity=seats), atoms, held.get(name, []))
        for name, (key, seats, atoms) in sizes.items()
    }


def offered(candidates, wished=PAVILION, party_size=None, start=START, end=END, now=NOW):
    days = days_to_look_at(candidates[wished].offer, start, now)
    found = suggest(wished, start, end, candidates, days=days, now=now, party_size=party_size)
    return [(one.space_id, f"{one.starts_at.astimezone(CHENGDU):%d %H:%M}") for one in found]


def test_one_other_room_comes_first_then_the_nearest_times_of_the_same_room():
    taken = [Held(START, END)]

    assert offered(rooms(pavilion=taken)) == [(BOOKS, "26 19:00"), (PAVILION, "26 18:00"), (PAVILION, "26 20:00")]


def test_the_whole_house_is_never_offered_for_one_room():
    taken = [Held(START, END)]

    assert HOUSE not in {room for room, _ in offered(rooms(pavilion=taken, post=taken, elders=taken, books=taken))}


def test_a_party_too_large_for_the_room_is_offered_one_that_holds_it():
    assert offered(rooms(), party_size=15)[0] == (BOOKS, "26 19:00")
    assert offered(rooms(), party_size=40) == [(HOUSE, "26 19:00")]


def test_a_room_too_small_for_the_party_is_not_offered():
    assert offered(rooms(pavilion=FULL, books=FULL), party_size=15) == [(ELDERS, "26 19:00"), (HOUSE, "26 19:00")]


def test_where_everything_is_taken_nothing_is_offered():
    assert offered(rooms(pavilion=FULL, post=FULL, elders=FULL, books=FULL)) == []


def test_never_more_than_three_are_offered():
    assert len(offered(rooms())) == 3


def test_setup_and_cleanup_must_be_free_too():
    with_cleaning = replace(OFFER, setup_minutes=30, cleanup_minutes=60)
    busy = [Held(START, END)]

    times = [when for room, when in offered(rooms(with_cleaning, pavilion=busy)) if room == PAVILION]

    # 18:00–19:00 would be cleaned until 20:00; before 20:30 there is no time to set up.
    assert times == ["26 20:30", "26 21:00"]


def test_a_wish_for_the_past_is_answered_with_times_to_come():
    assert offered(rooms(), start=at("2020-01-02T19:00"), end=at("2020-01-02T20:00")) == []  # no Thursday is near
    thursday = at("2026-11-26T08:00")

    times = offered(rooms(), start=at("2020-01-02T19:00"), end=at("2020-01-02T20:00"), now=thursday)

    assert times[0] == (PAVILION, "26 18:00")


def test_a_wish_too_long_is_answered_with_the_longest_there_may_be():
    found = suggest(
        PAVILION, START, START + timedelta(days=36500), rooms(),
        days=days_to_look_at(OFFER, START, NOW), now=NOW,
    )  # fmt: skip

    assert found[0].ends_at - found[0].starts_at == timedelta(minutes=240)


def test_an_inverted_wish_has_no_alternative():
    assert offered(rooms(), start=END, end=START) == []


def test_a_time_past_midnight_is_offered_where_the_house_is_open_then():
    night = replace(OFFER, rules=[WeeklyRule("commercial", 4, 1080, 1440), WeeklyRule("commercial", 5, 0, 120)])
    taken = [Held(at("2026-11-26T22:00"), at("2026-11-26T23:30"))]
    alone = {PAVILION: rooms(night, pavilion=taken)[PAVILION]}

    times = offered(alone, start=at("2026-11-26T22:30"), end=at("2026-11-27T00:30"))

    assert times == [(PAVILION, "26 23:30"), (PAVILION, "26 20:00"), (PAVILION, "26 19:30")]
