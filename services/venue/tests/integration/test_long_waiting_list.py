# SPDX-License-Identifier: Apache-2.0
"""However many wait: the alarm comes to the end of the list, and nobody is counted twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from chassis.errors import AppError
from venue import bootstrap
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.waiting import freed

from ..conftest import at, book, resident
from .waiting_list import cancel, entry_of, wait_for

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
CLICKS = 8


def test_the_alarm_goes_through_the_whole_list_however_little_it_reads_at_once(deps, house, monkeypatch):
    monkeypatch.setattr(freed, "AT_ONCE", 1)
    monkeypatch.setattr(freed, "AT_A_TIME", 2)
    holder, first, last = resident(), resident(), resident()
    for day in (27, 28, 29):
        times = (f"2026-11-{day}T18:00", f"2026-11-{day}T22:00")
        book(deps, resident(), house.spaces["elders_space"], *times)
        wait_for(deps, resident(), house.spaces["elders_space"], *times, 60)
    booking_id = book(deps, holder, house.spaces["book_room"], *EVENING)["booking_id"]
    for waiter in (first, last):
        wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)

    cancel(deps, holder, booking_id)
    assert [entry_of(deps, waiter)["state"] for waiter in (first, last)] == ["offered", "waiting"]
    look_after(deps, HANDLERS)

    assert entry_of(deps, last)["state"] == "offered"


def test_every_wish_whose_time_has_passed_ends_in_one_round(deps, house, monkeypatch, frozen_clock):
    monkeypatch.setattr(freed, "AT_A_TIME", 1)
    waiters = [resident() for _ in range(3)]
    book(deps, resident(), house.spaces["book_room"], *EVENING)
    for waiter in waiters:
        wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)
    frozen_clock.set(at("2026-11-26T20:01"))

    look_after(deps, HANDLERS)

    assert [entry_of(deps, waiter)["state"] for waiter in waiters] == ["lapsed"] * 3


def test_who_waits_for_a_room_that_shares_a_wall_is_ahead(deps, house):
    holder, for_the_house, for_the_room, elsewhere = (resident() for _ in range(4))
    book(deps, holder, house.spaces["whole_house"], *EVENING)
    wait_for(deps, for_the_house, house.spaces["whole_house"], *EVENING, 60)
    wait_for(deps, elsewhere, house.spaces["elders_space"], *EVENING, 60)
    wait_for(deps, for_the_room, house.spaces["book_room"], *EVENING, 60)

    assert entry_of(deps, for_the_room)["ahead"] == 1
    assert entry_of(deps, elsewhere)["ahead"] == 1


def test_clicks_at_the_same_moment_do_not_get_past_ten_wishes(config, frozen_clock, deps, house):
    waiter, rooms = resident(), ("book_room", "elders_space", "council_pavilion", "whole_house")
    crowd = bootstrap.build(replace(config, pool_size=CLICKS), clock=frozen_clock)
    wishes = []
    for day in (26, 27, 28, 29):
        start = at(f"2026-11-{day}T18:00")
        times = [(start + timedelta(hours=hours)).replace(tzinfo=None).isoformat() for hours in (0, 2)]
        book(deps, resident(), house.spaces["whole_house"], *times)
        wishes += [(house.spaces[room], *times) for room in rooms]
    for wish in wishes[:8]:
        wait_for(deps, waiter, *wish, 60)
    barrier = Barrier(CLICKS)

    def click(wish) -> str:
        barrier.wait()
        try:
            return wait_for(crowd, waiter, *wish, 60)["state"]
        except AppError as refusal:
            return refusal.code

    with ThreadPoolExecutor(CLICKS) as hands:
        ended = sorted(hands.map(click, wishes[8:]))
    crowd.database.close()

    assert ended == ["too_many_wishes"] * 6 + ["waiting"] * 2
