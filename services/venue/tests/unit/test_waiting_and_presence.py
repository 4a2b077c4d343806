# SPDX-License-Identifier: Apache-2.0
"""Rules of the waiting list, of doors and of marks, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from chassis.db import uuid7
from hypothesis import given
from hypothesis import strategies as st
from venue.domain.booking.availability import Held
from venue.domain.booking.offer import Offer
from venue.domain.presence import door, marks
from venue.domain.presence.marks import Mark, Policy
from venue.domain.waiting import waiting
from venue.domain.waiting.waiting import Wish

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROOM, OTHER = UUID(int=1), UUID(int=2)
POLICY = Policy(marks_limit=3, marks_days=90, pause_days=30)


def offer(**more) -> Offer:
    return Offer(12, ZoneInfo("Asia/Shanghai"), 540, 60, rules=[], prices=[], **more)


@pytest.mark.parametrize(("hours", "minutes", "count"), [(2, 120, 1), (2, 60, 3), (4, 30, 8), (1, 60, 1)])
def test_a_wish_leaves_every_half_hour_open_that_still_holds_its_length(hours, minutes, count):
    wish = Wish(ROOM, NOW, NOW + timedelta(hours=hours), minutes)

    starts = waiting.starts_of(wish)

    assert len(starts) == count
    assert starts[0] == NOW and starts[-1] + wish.length == wish.ends_at


@given(start=st.integers(0, 20), length=st.integers(1, 8), setup=st.integers(0, 3), cleanup=st.integers(0, 3),
       held=st.lists(st.tuples(st.integers(0, 25), st.integers(1, 6)), max_size=4))  # fmt: skip
def test_a_time_is_free_when_no_half_hour_of_it_is_held_setting_up_and_cleaning_included(
    start, length, setup, cleanup, held
):
    def at(half_hours):
        return NOW + timedelta(minutes=30) * half_hours

    room = offer(setup_minutes=setup * 30, cleanup_minutes=cleanup * 30)
    times = [Held(at(first), at(first + count)) for first, count in held]

    is_free = waiting.is_free(room, at(start), timedelta(minutes=30) * length, times)

    taken = {half for first, count in held for half in range(first, first + count)}
    assert is_free == taken.isdisjoint(range(start - setup, start + length + cleanup))


def test_the_doors_code_is_of_its_room_its_half_minute_and_its_secret():
    secret = bytes(32)
    code = door.code_at(secret, ROOM, NOW)

    assert code == door.code_at(secret, ROOM, NOW + timedelta(seconds=29))
    others = [
        door.code_at(secret, ROOM, NOW + timedelta(seconds=30)),
        door.code_at(secret, OTHER, NOW),
        door.code_at(bytes([1]) * 32, ROOM, NOW),
    ]
    assert code not in others
    assert door.changes_at(NOW) == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(("seconds", "accepted"), [(0, True), (30, True), (59, True), (60, False), (-1, False)])
def test_a_code_is_accepted_for_its_half_minute_and_the_next(seconds, accepted):
    code = door.code_at(bytes(32), ROOM, NOW)
    assert door.is_current(code, bytes(32), ROOM, NOW + timedelta(seconds=seconds)) is accepted


def test_a_displays_token_names_its_community_and_anything_else_names_none():
    assert door.division_of(door.new_token("510104030006")) == "510104030006"
    for wrong in ("", "510104030006", "510104-" + "A" * 32, door.new_token("510104030006") + "x", "x" * 45):
        assert door.division_of(wrong) is None


def mark(kind: str, days_ago: int, state: str = "standing") -> Mark:
    given_at = NOW - timedelta(days=days_ago)
    ids = (uuid7(), 1, state, kind, uuid7(), uuid7(), uuid7())
    return Mark(*ids, given_at=given_at, expires_at=given_at + timedelta(days=POLICY.marks_days))


@pytest.mark.parametrize(
    ("given_marks", "paused_days"),
    [
        ([], None),
        ([("no_show", 5), ("no_show", 3)], None),
        ([("no_show", 5), ("no_show", 3), ("no_show", 1)], 29),
        ([("late_cancel", 9), ("no_show", 5), ("no_show", 1)], None),
        ([("late_cancel", 9), ("late_cancel", 5), ("no_show", 3), ("no_show", 1)], 29),
        ([("no_show", 60), ("no_show", 50), ("no_show", 40)], None),
        ([("no_show", 91), ("no_show", 5), ("no_show", 1)], None),
    ],
)
def test_so_many_marks_in_so_many_days_pause_from_the_last(given_marks, paused_days):
    until = marks.paused_until([mark(*one) for one in given_marks], POLICY, NOW)
    assert until == (None if paused_days is None else NOW + timedelta(days=paused_days))


@pytest.mark.parametrize(("state", "counts"), [("upheld", True), ("appealed", False), ("excused", False)])
def test_a_mark_counts_while_it_stands_or_was_upheld(state, counts):
    three = [mark("no_show", 3), mark("no_show", 2), mark("no_show", 1, state)]
    assert (marks.paused_until(three, POLICY, NOW) is not None) is counts
