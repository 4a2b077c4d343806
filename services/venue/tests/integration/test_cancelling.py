# SPDX-License-Identifier: Apache-2.0
"""Taking back too shortly before the start is possible and noted; staff says why, and it counts against nobody."""

from __future__ import annotations

from uuid import UUID

import pytest
from venue.usecases.booking.cancel_booking import cancel_booking

from ..conftest import at, book, counter, keyed, resident


def cancel(deps, who, booking, reason=None):
    return cancel_booking(deps, who, UUID(booking["booking_id"]), keyed(if_match=1), reason).content


@pytest.mark.parametrize(("now", "late"), [("2026-11-23T16:59", False), ("2026-11-23T17:00", True)])
def test_a_person_is_late_from_two_hours_before_the_start(deps, house, look, frozen_clock, now, late):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], "2026-11-23T19:00", "2026-11-23T20:00")
    assert booking["late_cancel_from"][11:16] == "17:00"
    frozen_clock.set(at(now))

    cancelled = cancel(deps, who, booking)

    assert (cancelled["state"], cancelled["late_cancelled"]) == ("cancelled", late)
    told = "SELECT convert_from(payload, 'UTF8')::jsonb -> 'data' -> 'late' FROM outbox WHERE type LIKE '%%cancelled%%'"
    assert look(told) == [(late,)]


@pytest.mark.parametrize(("now", "late"), [("2026-11-23T18:14", False), ("2026-11-23T18:15", True)])
def test_who_books_at_short_notice_has_a_quarter_of_an_hour_for_second_thoughts(
    deps, house, look, frozen_clock, now, late
):
    person = resident()
    frozen_clock.set(at("2026-11-23T18:00"))
    booking = book(deps, person, house.spaces["book_room"], "2026-11-23T19:00", "2026-11-23T20:00")
    assert booking["late_cancel_from"][11:16] == "18:15"
    frozen_clock.set(at(now))

    cancelled = cancel(deps, person, booking)

    assert cancelled["late_cancelled"] == late
    assert look("SELECT count(*) FROM marks") == [(int(late),)]


def test_staff_takes_back_with_a_reason_and_it_is_never_late(deps, house, frozen_clock):
    booking = book(deps, resident(), house.spaces["book_room"], "2026-11-23T19:00", "2026-11-23T20:00")
    frozen_clock.set(at("2026-11-23T18:30"))

    cancelled = cancel(deps, counter(), booking, "暖气坏了")

    assert (cancelled["late_cancelled"], cancelled["ended_reason"]) == (False, "暖气坏了")
