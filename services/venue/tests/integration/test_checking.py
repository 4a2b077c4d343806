# SPDX-License-Identifier: Apache-2.0
"""Asking beforehand tells every rule that refuses, the price, and what else there is; and it stores nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from chassis.errors import AppError
from venue.usecases.booking.book_space import BookSpace
from venue.usecases.booking.check_booking import check_booking
from venue.usecases.booking.quotas import SetQuota, set_quota

from ..conftest import at, book, keyed, resident
from .test_quotas import SECRETARY

TABLES = ("bookings", "occupancies", "published_busy_times", "outbox", "idempotency", "quota_counters", "due")


def check(deps, house, starts, ends, who=None, space="book_room", **more):
    wish = BookSpace(house.spaces[space], at(starts), at(ends), **more)
    return check_booking(deps, who or resident(), wish, "zh")


def codes(answer) -> list[str]:
    return [one["code"] for one in answer["failures"]]


def test_a_good_wish_is_allowed_and_priced_part_by_part(deps, house):
    answer = check(deps, house, "2026-11-26T17:00", "2026-11-26T19:00", split=True)

    assert (answer["allowed"], answer["failures"], answer["price_fen"]) == (True, [], 3000)
    assert [one["price_fen"] for one in answer["parts"]] == [0, 3000]
    assert answer["late_cancel_from"] == "2026-11-26T15:00:00+08:00"
    assert not answer["needs_approval"]


def test_every_rule_is_told_at_once_with_alternatives_that_can_be_booked(deps, house):
    answer = check(deps, house, "2026-11-26T20:10", "2026-11-26T22:30", party_size=20)

    assert codes(answer) == ["not_on_grain", "outside_opening", "too_many_people"]
    assert all(one["reasons"]["zh"] and one["reasons"]["en"] for one in answer["failures"])
    assert 1 <= len(answer["alternatives"]) <= 3
    first = answer["alternatives"][0]
    booked = book(deps, resident(), UUID(first["space_id"]), first["starts_at"][:16], first["ends_at"][:16])
    assert booked["price_fen"] == first["price_fen"]


def test_what_is_taken_is_told_beside_the_rules(deps, house):
    book(deps, resident(), house.spaces["whole_house"], "2026-11-26T19:00", "2026-11-26T20:00")

    answer = check(deps, house, "2026-11-26T19:30", "2026-11-26T20:30", party_size=99)

    assert codes(answer) == ["too_many_people", "slot_taken"]


def test_a_hold_that_ran_out_is_in_nobodys_way(deps, house, frozen_clock):
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00", hold=True)
    assert codes(check(deps, house, "2026-11-26T19:00", "2026-11-26T20:00")) == ["slot_taken"]

    frozen_clock.advance(minutes=5)

    assert check(deps, house, "2026-11-26T19:00", "2026-11-26T20:00")["allowed"]


def test_a_persons_own_limits_are_told_too(deps, house):
    set_quota(deps, SECRETARY, house.venue_id, SetQuota("person", "week", count_limit=2), keyed())
    who = resident()
    for space in ("service_post", "elders_space"):
        book(deps, who, house.spaces[space], "2026-11-26T19:00", "2026-11-26T20:00", hold=True)

    answer = check(deps, house, "2026-11-26T19:00", "2026-11-26T20:00", who, hold=True)

    assert codes(answer) == ["too_many_holds", "quota_exceeded"]
    assert answer["failures"][1]["details"]["used_count"] == 2
    assert answer["alternatives"] == []


def test_nothing_is_stored_whatever_is_asked(deps, house, look):
    set_quota(deps, SECRETARY, house.venue_id, SetQuota("person", "week", count_limit=2), keyed())
    before = [look(f"SELECT count(*) FROM {table} WHERE true") for table in TABLES]

    for split in (True, False):
        check(deps, house, "2026-11-26T17:00", "2026-11-26T19:00", split=split, hold=True)

    assert [look(f"SELECT count(*) FROM {table} WHERE true") for table in TABLES] == before


@pytest.mark.parametrize("minutes", [60, 210, 600])
def test_what_is_allowed_can_be_booked_and_what_is_refused_cannot(deps, house, minutes):
    for start in range(8 * 60, 23 * 60, 150):
        end, who = start + minutes, resident(subject=uuid4())
        times = [f"2026-11-{26 + one // 1440}T{one % 1440 // 60:02}:{one % 60:02}" for one in (start, end)]

        asked = check(deps, house, *times, who)
        try:
            booked = book(deps, who, house.spaces["book_room"], *times)
        except AppError as refused:
            assert codes(asked)[0] == refused.code
        else:
            assert asked["allowed"] and asked["price_fen"] == booked["price_fen"]


def test_no_time_is_offered_that_the_same_limit_would_refuse(deps, house):
    set_quota(deps, SECRETARY, house.venue_id, SetQuota("person", "month", minutes_limit=120), keyed())
    who = resident()
    book(deps, who, house.spaces["elders_space"], "2026-11-26T18:00", "2026-11-26T19:00")
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T21:00")

    answer = check(deps, house, "2026-11-26T19:00", "2026-11-26T21:00", who)
    with pytest.raises(AppError) as refused:
        book(deps, who, house.spaces["book_room"], "2026-11-26T20:00", "2026-11-26T21:00")

    assert codes(answer) == ["quota_exceeded", "slot_taken"]
    assert answer["alternatives"] == []
    offered = refused.value.extra["alternatives"]
    assert len(offered) == 3, "an hour is left"
    first = offered[0]
    book(deps, who, UUID(first["space_id"]), first["starts_at"][:16], first["ends_at"][:16])


def test_a_limit_that_begins_anew_admits_the_days_after_it(deps, house):
    set_quota(deps, SECRETARY, house.venue_id, SetQuota("person", "day", count_limit=1), keyed())
    who = resident()
    book(deps, who, house.spaces["elders_space"], "2026-11-26T18:00", "2026-11-26T19:00")
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00")

    offered = check(deps, house, "2026-11-26T19:00", "2026-11-26T20:00", who)["alternatives"]

    assert offered and all(one["starts_at"] > "2026-11-27" for one in offered)
