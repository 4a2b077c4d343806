# SPDX-License-Identifier: Apache-2.0
"""What a kind of time is, or whom it is for, is changed with the same care as the hours themselves."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from chassis.db import uuid7
from chassis.errors import AppError, Unprocessable
from venue.deps import InProcess
from venue.usecases.booking import households, see_times
from venue.usecases.opening import opening, regimes, venue_calendar
from venue.usecases.venues import venue_details

from ..conftest import WUFUQIAO, book, counter, resident, secretary

MORNING = ("2026-11-26T10:00", "2026-11-26T11:00")
EVENING = ("2026-11-26T19:00", "2026-11-26T20:00")


def changed(deps, house, code: str, **more) -> str:
    """Change a regime; return the refusal's code, or nothing."""
    keep = more.pop("keep_bookings", False)
    try:
        regimes.update_regime(deps, secretary(), house.venue_id, code, more, InProcess(), keep_bookings=keep)
    except AppError as refused:
        return refused.code
    return ""


def test_the_publics_share_is_not_lost_by_calling_its_time_something_else(deps, house, look):
    venue_details.update_venue(deps, secretary(), house.venue_id, {"min_public_percent": 30}, InProcess())

    assert changed(deps, house, "public_benefit", kind="office_hours") == "public_share_too_small"
    assert changed(deps, house, "public_benefit", kind="commercial") == "public_share_too_small"
    assert look("SELECT kind FROM regimes WHERE code = 'public_benefit'") == [("public_benefit",)]
    assert changed(deps, house, "commercial", kind="office_hours") == ""


def test_the_share_is_kept_in_weeks_that_are_planned_too(deps, house):
    venue_details.update_venue(deps, secretary(), house.venue_id, {"min_public_percent": 30}, InProcess())
    new = {"name_zh": "成本", "name_en": "At cost", "purposes_zh": [], "purposes_en": [], "kind": "public_benefit"}
    regimes.create_regime(deps, secretary(), house.venue_id, {"code": "later", **new}, 0, InProcess())
    later = [
        {"regime": code, "weekday": 1, "from": start, "until": end}
        for code, start, end in (("later", "09:00", "18:00"), ("commercial", "18:00", "22:00"))
    ]
    since = venue_calendar.monday_of(deps.clock.now().date()).replace(month=12, day=28)
    opening.set_weekly_hours(deps, secretary(), house.venue_id, since, later, InProcess())

    assert changed(deps, house, "later", kind="at_cost") == "public_share_too_small"


@pytest.mark.parametrize(
    "change", [{"kind": "office_hours"}, {"kind": "closed"}, {"audience": "officials"}, {"audience": "groups"}]
)
def test_who_booked_is_not_left_in_time_that_is_no_longer_for_them_unless_kept(deps, house, change):
    made = book(deps, resident(), house.spaces["council_pavilion"], *EVENING)

    with pytest.raises(AppError) as refused:
        regimes.update_regime(deps, secretary(), house.venue_id, "commercial", change, InProcess())

    assert refused.value.code == "bookings_outside_hours"
    assert refused.value.extra["codes"] == [made["pick_up_code"]]
    assert changed(deps, house, "commercial", keep_bookings=True, **change) == ""


def test_only_whom_the_time_is_no_longer_for_stands_in_the_way(deps, house):
    room = house.spaces["council_pavilion"]
    book(deps, counter(), room, *EVENING, behalf=uuid4(), group_id=uuid4())
    book(deps, resident(), room, *MORNING)

    assert changed(deps, house, "commercial", audience="groups") == ""
    assert changed(deps, house, "commercial", audience="officials") == ""
    assert changed(deps, house, "commercial", purposes_zh=["品茶"]) == ""
    assert changed(deps, house, "commercial", approval="required") == "", "what is booked has been granted"


def test_weekly_hours_that_turn_booked_time_into_office_hours_name_the_booking(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], *EVENING)
    new = {"name_zh": "办公", "name_en": "Office", "purposes_zh": [], "purposes_en": [], "kind": "office_hours"}
    regimes.create_regime(deps, secretary(), house.venue_id, {"code": "office", **new}, None, InProcess())
    week = [
        {"regime": code, "weekday": day, "from": start, "until": end}
        for code, start, end in (("public_benefit", "09:00", "18:00"), ("office", "18:00", "22:00"))
        for day in range(1, 8)
    ]

    with pytest.raises(AppError) as refused:
        opening.set_weekly_hours(deps, secretary(), house.venue_id, deps.clock.now().date(), week, InProcess())

    assert refused.value.code == "bookings_outside_hours"


def evening(deps, house, actor) -> set[tuple[str, int | None]]:
    """What a day's evening is shown as, to who is signed in and to the public: state and price."""
    day = date(2026, 11, 26)
    shown = see_times.availability(deps, actor, house.venue_id, day, 1, "zh")
    room = next(one for one in shown["spaces"] if one["code"] == "council_pavilion")
    public = see_times.public_week(deps, WUFUQIAO, house.spaces["council_pavilion"], day, "zh")
    told = [*room["days"][0]["intervals"], *public["days"][0]["intervals"]]
    return {(one["state"], one["price_fen_per_hour"]) for one in told if one["regime"] == "commercial"}


@pytest.mark.parametrize("change", [{"kind": "office_hours"}, {"kind": "government_desk"}, {"audience": "groups"}])
def test_time_that_nobody_may_book_by_themselves_is_never_shown_as_free(deps, house, change):
    assert evening(deps, house, resident()) == {("free", 3000)}

    assert changed(deps, house, "commercial", **change) == ""

    assert evening(deps, house, resident()) == {("reserved", None)}
    with pytest.raises(Unprocessable):
        book(deps, resident(), house.spaces["council_pavilion"], *EVENING)


def test_the_counter_sees_as_free_what_it_gives_to_groups_and_officials(deps, house):
    changed(deps, house, "commercial", audience="officials")

    assert evening(deps, house, counter()) == {("free", 3000), ("reserved", None)}, "the public still sees whose it is"
    book(deps, counter(), house.spaces["council_pavilion"], *EVENING, behalf=uuid4())


def test_time_for_residents_is_refused_to_who_lives_elsewhere(deps, house, look, database):
    lives_here, moved_away, elsewhere = resident(), resident(), resident()
    with deps.database.unit_of_work(counter()) as work:
        for who in (lives_here, moved_away):
            households.membership_started(work, uuid7(), UUID(who.subject), uuid7(), date(2020, 1, 1))
        work.commit()
    with database.superuser() as connection:
        connection.execute(
            "UPDATE household_members SET ended_on = '2026-01-01' WHERE person_id = %s", (moved_away.subject,)
        )
    assert changed(deps, house, "commercial", audience="residents") == ""
    room = house.spaces["council_pavilion"]

    for who in (elsewhere, moved_away):
        with pytest.raises(Unprocessable) as refused:
            book(deps, who, room, *EVENING)
        assert (refused.value.code, refused.value.extra["audience"]) == ("not_for_this_audience", "residents")
    book(deps, lives_here, room, *EVENING)
    assert changed(deps, house, "commercial", audience="everyone") == ""
    made = book(deps, elsewhere, house.spaces["book_room"], *EVENING)
    with pytest.raises(AppError) as refused:
        regimes.update_regime(deps, secretary(), house.venue_id, "commercial", {"audience": "residents"}, InProcess())
    assert refused.value.extra["codes"] == [made["pick_up_code"]], "who lives here is not in the way"
