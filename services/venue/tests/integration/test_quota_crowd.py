# SPDX-License-Identifier: Apache-2.0
"""Booking, moving, holding and taking back at once under shared quotas: nobody meets a deadlock, no counter drifts."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Barrier
from uuid import UUID

from chassis.errors import AppError
from venue import bootstrap
from venue.deps import InProcess
from venue.usecases.booking.book_space import BookSpace, book_space
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.booking.quotas import SetQuota, set_quota

from ..conftest import at, keyed, resident
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


def test_a_crowd_under_shared_quotas_ends_in_rules_alone_and_leaves_true_counters(
    config, frozen_clock, deps, house, look
):
    for quota in (
        SetQuota("community", "day", count_limit=12),
        SetQuota("community", "week", minutes_limit=1200),
        SetQuota("person", "week", count_limit=4),
    ):
        set_quota(deps, SECRETARY, house.venue_id, quota, keyed())
    crowd = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    barrier = Barrier(CLIENTS)

    def times(draw: Random):
        start = at("2026-11-24T09:00") + timedelta(days=draw.randrange(2), minutes=30 * draw.randrange(12))
        return start, start + timedelta(minutes=30 * draw.randint(1, 4))

    def one(number: int) -> Counter[str]:
        draw, who, mine, ended = Random(number), resident(), [], Counter()
        barrier.wait()
        for _ in range(ACTS):
            act = draw.choice(["book", "book", "hold", *(["move", "cancel"] if mine else [])])
            try:
                if act in ("book", "hold"):
                    wish = BookSpace(house.spaces[draw.choice(ROOMS)], *times(draw), hold=act == "hold")
                    mine.append(book_space(crowd, who, wish, InProcess()).content["booking_id"])
                else:
                    booking_id = UUID(mine.pop(draw.randrange(len(mine))))
                    if act == "cancel":
                        cancel_booking(crowd, who, booking_id, InProcess())
                    else:
                        mine.append(str(booking_id))
                        move_booking(crowd, who, booking_id, MoveBooking(*times(draw)), InProcess())
                ended[act] += 1
            except AppError as refused:
                ended[refused.code] += 1
        return ended

    with ThreadPoolExecutor(CLIENTS) as pool:
        ended = sum(pool.map(one, range(CLIENTS)), Counter())
    crowd.database.close()

    assert ended["book"] and ended["move"] and ended["cancel"] and ended["quota_exceeded"]
    assert not {"database_busy", "internal_error"} & set(ended)
    assert look(DRIFT) == [(0,)]
