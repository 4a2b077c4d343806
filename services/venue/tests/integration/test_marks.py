# SPDX-License-Identifier: Apache-2.0
"""Marks: how many pause whom until when, that they decay, and that an appeal or an excuse takes them away."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from chassis.errors import Conflict, NotFound, PreconditionFailed, Unprocessable
from chassis.pagination import Page
from venue.deps import InProcess
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.presence import exemptions, marks
from venue.usecases.presence.no_shows import release_everywhere

from ..conftest import at, book, counter, keyed, resident

MONDAY = at("2026-11-23T10:00")


def miss(deps, clock, house, who, day: int) -> None:
    """Book an evening hour and do not come."""
    start = at("2026-11-23T19:00") + timedelta(days=day)
    clock.set(start - timedelta(hours=3))
    times = [(start + timedelta(hours=hours)).replace(tzinfo=None).isoformat() for hours in (0, 1)]
    book(deps, who, house.spaces["book_room"], *times)
    clock.set(start + timedelta(minutes=15))
    assert release_everywhere(deps) == 1


def cancel_late(deps, clock, house, who, day: int) -> None:
    """Book an evening hour and take it back ten minutes before."""
    start = at("2026-11-23T20:00") + timedelta(days=day)
    clock.set(start - timedelta(hours=3))
    times = [(start + timedelta(hours=hours)).replace(tzinfo=None).isoformat() for hours in (0, 1)]
    booking = book(deps, who, house.spaces["book_room"], *times)
    clock.set(start - timedelta(minutes=10))
    cancel_booking(deps, who, UUID(booking["booking_id"]), InProcess())


def mine(deps, who) -> dict:
    return marks.my_marks(deps, who, Page(None, 50), "zh")


def tomorrow(deps, clock, house, who, **more):
    """Book the next evening."""
    start = (clock.now() + timedelta(days=1)).astimezone(at("2026-01-01T00:00").tzinfo).replace(tzinfo=None)
    day = start.date().isoformat()
    return book(deps, who, house.spaces["elders_space"], f"{day}T18:00", f"{day}T18:30", **more)


@pytest.fixture
def paused(deps, house, frozen_clock):
    """Somebody who did not come three times."""
    who = resident()
    for day in range(3):
        miss(deps, frozen_clock, house, who, day)
    return who


def test_three_missed_bookings_leave_the_same_day_only_and_say_until_when(deps, house, frozen_clock, paused):
    with pytest.raises(Unprocessable, match="paused_after_no_shows") as refused:
        tomorrow(deps, frozen_clock, house, paused)

    assert refused.value.extra["paused_until"] == (at("2026-11-25T19:15") + timedelta(days=30)).isoformat()
    book(deps, paused, house.spaces["book_room"], "2026-11-25T20:30", "2026-11-25T21:00")
    tomorrow(deps, frozen_clock, house, resident())


def test_the_counter_books_for_who_is_paused_as_before(deps, house, frozen_clock, paused):
    booking = tomorrow(deps, frozen_clock, house, counter(), behalf=UUID(paused.subject))
    assert booking["state"] == "confirmed"


def test_the_pause_ends_and_marks_decay(deps, house, frozen_clock, paused):
    frozen_clock.set(at("2026-12-25T19:15"))
    tomorrow(deps, frozen_clock, house, paused)

    frozen_clock.set(at("2027-02-22T10:00"))
    assert [one["is_counted"] for one in mine(deps, paused)["items"]] == [True, True, False]
    assert mine(deps, paused)["pauses"] == []


def test_two_missed_bookings_pause_nobody(deps, house, frozen_clock):
    who = resident()
    for day in range(2):
        miss(deps, frozen_clock, house, who, day)

    tomorrow(deps, frozen_clock, house, who)


def test_the_first_late_cancellation_is_forgiven_and_the_next_counts(deps, house, frozen_clock):
    who = resident()
    for day in range(2):
        miss(deps, frozen_clock, house, who, day)

    cancel_late(deps, frozen_clock, house, who, 2)
    assert mine(deps, who)["pauses"] == []
    cancel_late(deps, frozen_clock, house, who, 3)

    assert [one["kind"] for one in mine(deps, who)["items"]] == ["late_cancel", "late_cancel", "no_show", "no_show"]
    assert len(mine(deps, who)["pauses"]) == 1


def test_a_booking_taken_back_in_time_or_by_the_counter_leaves_no_mark(deps, house, frozen_clock):
    who = resident()
    frozen_clock.set(at("2026-11-26T10:00"))
    early = book(deps, who, house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00")
    cancel_booking(deps, who, UUID(early["booking_id"]), InProcess())
    late = book(deps, who, house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00")
    frozen_clock.set(at("2026-11-26T18:50"))
    cancel_booking(deps, counter(), UUID(late["booking_id"]), InProcess())

    assert mine(deps, who)["items"] == []


def test_an_appeal_suspends_the_mark_until_it_is_decided(deps, house, frozen_clock, paused, look):
    mark = UUID(mine(deps, paused)["items"][0]["mark_id"])

    marks.appeal(deps, paused, mark, "当天住院", keyed(if_match=1))
    tomorrow(deps, frozen_clock, house, paused)
    marks.decide(deps, counter(), mark, "upheld", "查无记录", keyed(if_match=2))

    with pytest.raises(Unprocessable, match="paused_after_no_shows"):
        tomorrow(deps, frozen_clock, house, paused)
    told = look("SELECT convert_from(payload, 'UTF8') FROM outbox WHERE type LIKE 'linli.venue.mark.%%'")
    assert len(told) == 5
    assert not any("住院" in text or "查无" in text for (text,) in told)


def test_an_excuse_takes_the_mark_and_the_pause_away(deps, house, frozen_clock, paused):
    mark = UUID(mine(deps, paused)["items"][1]["mark_id"])

    marks.excuse(deps, counter(), mark, "停电，居民无法到场", keyed(if_match=1))

    assert mine(deps, paused)["pauses"] == []
    assert mine(deps, paused)["items"][1]["decision_reason"] == "停电，居民无法到场"
    tomorrow(deps, frozen_clock, house, paused)


def test_a_mark_is_appealed_by_its_person_once_and_in_the_version_seen(deps, house, frozen_clock, paused):
    mark = UUID(mine(deps, paused)["items"][0]["mark_id"])

    with pytest.raises(NotFound, match="mark_not_found"):
        marks.appeal(deps, resident(), mark, "不是我", InProcess())
    with pytest.raises(PreconditionFailed, match="version_changed"):
        marks.appeal(deps, paused, mark, "不是我", InProcess(if_match=9))
    with pytest.raises(Conflict, match="nothing_to_decide"):
        marks.decide(deps, counter(), mark, "upheld", "没有申诉", InProcess())
    marks.appeal(deps, paused, mark, "当天住院", InProcess())
    with pytest.raises(Conflict, match="cannot_appeal"):
        marks.appeal(deps, paused, mark, "再说一次", InProcess())


def test_only_the_counter_is_told_whose_mark_it_is(deps, paused):
    wanted = marks.MarkFilter()

    shown = marks.all_marks(deps, counter(), wanted, Page(None, 50), "zh")["items"]

    assert {one["person_id"] for one in shown} == {paused.subject}
    assert all("person_id" not in one for one in mine(deps, paused)["items"])


def test_an_exemption_is_granted_once_ends_and_may_follow_one_that_ran_out(deps, frozen_clock):
    who, staff = UUID(resident().subject), counter()
    granted = exemptions.grant(deps, staff, who, "高龄独居", at("2026-12-01T00:00").date(), InProcess()).content
    with pytest.raises(Conflict, match="already_exempt"):
        exemptions.grant(deps, staff, who, "高龄独居", at("2026-12-31T00:00").date(), InProcess())
    with pytest.raises(Unprocessable, match="exemption_is_past"):
        exemptions.grant(deps, staff, who, "高龄独居", at("2026-11-01T00:00").date(), InProcess())

    frozen_clock.set(at("2026-12-05T10:00"))
    again = exemptions.grant(deps, staff, who, "高龄独居", at("2026-12-31T00:00").date(), InProcess()).content
    exemptions.end(deps, staff, UUID(again["exemption_id"]), InProcess(if_match=1))

    with pytest.raises(Conflict, match="exemption_has_ended"):
        exemptions.end(deps, staff, UUID(granted["exemption_id"]), InProcess())


def test_an_exemption_ends_by_the_local_day_and_not_by_the_date_in_greenwich(deps, house, frozen_clock):
    staff = counter()
    frozen_clock.set(at("2026-11-24T00:30"))  # the 23rd in UTC

    with pytest.raises(Unprocessable, match="exemption_is_past"):
        exemptions.grant(deps, staff, UUID(resident().subject), "高龄独居", date(2026, 11, 23), InProcess())
    who = UUID(resident().subject)
    exemptions.grant(deps, staff, who, "高龄独居", date(2026, 11, 24), InProcess())
    frozen_clock.set(at("2026-11-25T00:30"))
    assert exemptions.grant(deps, staff, who, "高龄独居", date(2026, 11, 25), InProcess()).status == 201
