# SPDX-License-Identifier: Apache-2.0
"""Booking, moving, holding and taking back at once under shared quotas: nobody meets a deadlock, no counter drifts."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from threading import Barrier
from uuid import UUID

from chassis.errors import AppError
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.usecases.booking.book_space import BookSpace, book_space
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.booking.quotas import SetQuota, set_quota

from ..conftest import House, at, keyed, resident
from .test_quotas import SECRETARY

CLIENTS, ACTS = 12, 14
ROOMS = ("council_pavilion", "service_post", "elders_space", "book_room", "whole_house")
DRIFT = """
    SELECT count(*) FROM quota_counters c LEFT JOIN LATERAL (
        SELECT count(*) AS number, coalesce(sum(minutes), 0) AS minutes FROM quota_uses u
        JOIN bookings b ON b.id = u.booking_id
        WHERE u.quota_id = c.quota_id AND u.subject_id = c.subject_id AND u.period_start = c.period_start
            AND b.state IN ('held', 'confirmed')
    ) AS counted ON true WHERE (used_count, used_minutes) IS DISTINCT FROM (counted.number, counted.minutes)"""


class Guest:
    """One of the crowd. Whatever the others do, some begin with more than their quota allows, move and take back."""

    def __init__(self, deps: Deps, house: House, number: int) -> None:
        self.deps, self.house, self.number = deps, house, number
        self.draw, self.who, self.mine, self.ended = Random(number), resident(), [], Counter()

    def run(self) -> Counter[str]:
        """Ask for three bookings in free rooms where two are allowed; then anything; then take one back."""
        for half_hour in range(3):
            self.attempt("book", own=half_hour)
        if self.mine:
            self.attempt("move", own=3)
        for _ in range(ACTS):
            self.attempt(self.draw.choice(["book", "book", "hold", *(["move", "cancel"] if self.mine else [])]))
        if self.mine:
            self.attempt("cancel")
        return self.ended

    def attempt(self, act: str, own: int | None = None) -> None:
        """Do one thing and count how it ended."""
        try:
            getattr(self, act)(own)
            self.ended[act] += 1
        except AppError as refused:
            self.ended[refused.code] += 1

    def book(self, own: int | None, hold: bool = False) -> None:
        """Book in the contested rooms, or in a room that is free for sure."""
        room = self.draw.choice(ROOMS) if own is None else ROOMS[self.number % 4]
        wish = BookSpace(self.house.spaces[room], *self.times(own), hold=hold)
        self.mine.append(UUID(book_space(self.deps, self.who, wish, InProcess()).content["booking_id"]))

    def hold(self, own: int | None) -> None:
        """Hold for a while."""
        self.book(own, hold=True)

    def move(self, own: int | None) -> None:
        """Move one of one's own to another time in its room."""
        move_booking(self.deps, self.who, self.draw.choice(self.mine), MoveBooking(*self.times(own)), InProcess())

    def cancel(self, _own: int | None) -> None:
        """Take one of one's own back."""
        cancel_booking(self.deps, self.who, self.mine.pop(self.draw.randrange(len(self.mine))), InProcess())

    def times(self, own: int | None) -> tuple[datetime, datetime]:
        """Draw from two contested days; ``own`` is the number of a half hour that nobody else asks for."""
        if own is not None:
            start = at("2026-11-26T09:00") + timedelta(minutes=30 * (4 * (self.number // 4) + own))
            return start, start + timedelta(minutes=30)
        start = at("2026-11-24T09:00") + timedelta(days=self.draw.randrange(2), minutes=30 * self.draw.randrange(12))
        return start, start + timedelta(minutes=30 * self.draw.randint(1, 4))


def test_a_crowd_under_shared_quotas_ends_in_rules_alone_and_leaves_true_counters(
    config, frozen_clock, deps, house, look
):
    for quota in (
        SetQuota("community", "day", count_limit=12),
        SetQuota("community", "week", minutes_limit=1200),
        SetQuota("person", "week", count_limit=2),
    ):
        set_quota(deps, SECRETARY, house.venue_id, quota, keyed())
    crowd = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    guests, barrier = [Guest(crowd, house, number) for number in range(CLIENTS)], Barrier(CLIENTS)

    def one(guest: Guest) -> Counter[str]:
        barrier.wait()
        return guest.run()

    with ThreadPoolExecutor(CLIENTS) as pool:
        ended = sum(pool.map(one, guests), Counter())
    crowd.database.close()

    assert ended["book"] and ended["move"] and ended["cancel"] and ended["quota_exceeded"]
    assert not {"database_busy", "internal_error"} & set(ended)
    assert look(DRIFT) == [(0,)]
