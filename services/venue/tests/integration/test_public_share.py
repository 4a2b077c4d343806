# SPDX-License-Identifier: Apache-2.0
"""The public's share is watched week by week, and the operator's debt of free sessions is kept to the session."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from chassis.errors import Conflict
from venue.deps import InProcess
from venue.usecases.opening import opening, owed_sessions, public_share
from venue.usecases.presence import attendance
from venue.usecases.venues import venue_details
from venue.usecases.venues.closures import CloseSpace, close_space
from venue.usecases.venues.spaces import NewSpace, create_space

from ..conftest import at, book, counter, operator, resident, secretary


def events(look, kind: str) -> int:
    return look("SELECT count(*) FROM outbox WHERE type = %s", f"linli.venue.{kind}.v1")[0][0]


def test_a_week_that_falls_short_is_told_once(deps, house, look, frozen_clock):
    venue_details.update_venue(deps, secretary(), house.venue_id, {"min_public_percent": 60}, InProcess())
    assert public_share.watch_public_share(deps) == 0
    for day in ("30", "01", "02", "03"):
        month = 11 if day == "30" else 12
        closure = CloseSpace(
            house.venue_id, None, at(f"2026-{month}-{day}T09:00"), at(f"2026-{month}-{day}T18:00"), "检修", "Repairs"
        )
        close_space(deps, counter(), closure, InProcess())

    told = [public_share.watch_public_share(deps) for _ in range(3)]

    assert told == [1, 0, 0]
    assert events(look, "public_share.fell_short") == 1
    assert look("SELECT monday::text, public_percent, min_public_percent FROM public_share_shortfalls") == [
        ("2026-11-30", 49, 60)
    ]
    frozen_clock.advance(days=7)
    assert public_share.watch_public_share(deps) == 0


def test_share_of_use_costs_the_same_statements_whatever_was_booked(deps, house):
    counted: list[str] = []
    sa.event.listen(deps.database._app, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))

    def cost(weeks: int) -> int:
        counted.clear()
        public_share.share_of_use(deps, secretary(), house.venue_id, None, weeks)
        return len(counted)

    before = cost(1)
    for hour in range(9, 17):
        book(deps, resident(), house.spaces["book_room"], f"2026-11-25T{hour:02}:00", f"2026-11-25T{hour + 1:02}:00")

    assert cost(26) == before


def test_a_divided_room_counts_as_its_halves_and_not_once_more(deps, house):
    for half in ("book_east", "book_west"):
        new = NewSpace(half, half, half, 8, new_atoms=(half,), divides=house.spaces["book_room"])
        create_space(deps, secretary(), house.venue_id, new, InProcess())
    book(deps, resident(), house.spaces["book_room"], "2026-11-25T09:00", "2026-11-25T10:00")

    (week,) = public_share.share_of_use(deps, secretary(), house.venue_id, date(2026, 11, 23), 1)["weeks"]

    public = next(one for one in week["regimes"] if one["regime"] == "public_benefit")
    assert public == {"regime": "public_benefit", "planned_minutes": 5 * 7 * 540, "used_minutes": 2 * 60}


def delivered(
    deps, house, frozen_clock, start: str = "2026-11-26T10:00", end: str = "2026-11-26T11:00", by=None, **more
) -> str:
    """A session that was held, booked by staff for what the operator offers."""
    more = more or {"behalf": uuid4(), "purpose": "茶艺课"}
    booking_id = book(deps, by or secretary(), house.spaces["book_room"], start, end, **more)["booking_id"]
    frozen_clock.set(at(start))
    attendance.check_in(deps, operator(), booking_id, InProcess())
    attendance.check_out(deps, operator(), booking_id, InProcess())
    return booking_id


def balance(deps, house) -> int:
    return owed_sessions.owed(deps, secretary(), house.venue_id)["balance"]


@pytest.fixture
def debt(deps, house):
    """Four sessions owed a month."""
    venue_details.update_venue(deps, secretary(), house.venue_id, {"owed_free_sessions_per_month": 4}, InProcess())


def test_each_month_is_added_once_however_often_the_clock_asks(deps, house, debt, look, frozen_clock):
    with ThreadPoolExecutor(8) as workers:
        added = sum(workers.map(lambda _: owed_sessions.accrue_owed_sessions(deps), range(8)))

    assert added == 1
    assert balance(deps, house) == 4
    frozen_clock.set(at("2026-12-01T00:00"))
    owed_sessions.accrue_owed_sessions(deps)
    assert balance(deps, house) == 8
    assert events(look, "owed_session.entered") == 2


def test_a_session_that_was_held_works_off_the_debt_once(deps, house, debt, frozen_clock):
    owed_sessions.accrue_owed_sessions(deps)
    booking_id = delivered(deps, house, frozen_clock)

    owed_sessions.mark_free_session(deps, counter(), booking_id, InProcess())

    assert balance(deps, house) == 3
    with pytest.raises(Conflict) as again:
        owed_sessions.mark_free_session(deps, counter(), booking_id, InProcess())
    assert again.value.code == "already_delivered"
    assert balance(deps, house) == 3


def test_a_session_that_was_not_held_or_was_paid_does_not_count(deps, house, debt, frozen_clock):
    planned = book(deps, resident(), house.spaces["book_room"], "2026-11-26T12:00", "2026-11-26T13:00")["booking_id"]
    paid = delivered(deps, house, frozen_clock, "2026-11-26T19:00", "2026-11-26T20:00")

    for booking_id in (planned, paid):
        with pytest.raises(Conflict) as refused:
            owed_sessions.mark_free_session(deps, counter(), booking_id, InProcess())
        assert refused.value.code == "not_a_free_session"


def test_nobodys_own_free_booking_pays_the_operators_debt(deps, house, debt, frozen_clock):
    owed_sessions.accrue_owed_sessions(deps)
    own = delivered(deps, house, frozen_clock, by=resident(), purpose="写作业")
    unnamed = delivered(deps, house, frozen_clock, "2026-11-26T12:00", "2026-11-26T13:00", behalf=uuid4())

    for booking_id in (own, unnamed):
        with pytest.raises(Conflict) as refused:
            owed_sessions.mark_free_session(deps, counter(), booking_id, InProcess())
        assert refused.value.code == "not_for_the_debt"
    assert balance(deps, house) == 4


def test_who_owes_cannot_say_that_somebodys_telephone_booking_paid_it(deps, house, debt, frozen_clock):
    owed_sessions.accrue_owed_sessions(deps)
    cards = delivered(deps, house, frozen_clock, by=counter(), behalf=uuid4(), purpose="打牌")

    with pytest.raises(Conflict) as refused:
        owed_sessions.mark_free_session(deps, operator(), cards, InProcess())

    assert refused.value.code == "staff_confirm_sessions"
    assert balance(deps, house) == 4


def test_no_more_is_waived_than_is_owed_and_the_reason_stays(deps, house, debt):
    owed_sessions.accrue_owed_sessions(deps)

    with pytest.raises(Conflict):
        owed_sessions.waive_owed_sessions(deps, secretary(), house.venue_id, 5, "停水", InProcess())
    owed_sessions.waive_owed_sessions(deps, secretary(), house.venue_id, 3, "停水三天", InProcess())

    shown = owed_sessions.owed(deps, secretary(), house.venue_id)
    assert shown["balance"] == 1
    assert [(one["kind"], one["sessions"], one["reason"]) for one in shown["entries"]] == [
        ("waived", -3, "停水三天"), ("accrued", 4, None)
    ]  # fmt: skip


def test_the_official_days_are_loaded_once_and_published(deps, house, look):
    from importlib import resources

    import yaml
    from venue.domain.opening import special_days

    text = (resources.files("venue.data") / "special_days_cn_2026.yaml").read_text("utf-8")
    days = special_days.parse(yaml.safe_load(text))

    assert [opening.load_special_days(deps, secretary(), days) for _ in range(2)] == [39, 0]
    assert look("SELECT count(*) FROM special_days") == [(39,)]
    assert look("SELECT jsonb_array_length(profile->'special_days') FROM published_venues") == [(39,)]
