# SPDX-License-Identifier: Apache-2.0
"""The waiting list: who is offered what has become free, for how long, and who is next."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from chassis.errors import Conflict, Unprocessable
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.usecases.booking.holding import confirm_booking
from venue.usecases.due import look_after
from venue.usecases.waiting.waiting import leave

from ..conftest import at, book, counter, resident
from .waiting_list import cancel, entry_of, wait_for

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


@pytest.fixture
def taken(deps, house):
    """The book room on Thursday evening, taken by somebody."""
    who = resident()
    return who, book(deps, who, house.spaces["book_room"], *EVENING)["booking_id"]


def test_what_is_cancelled_is_kept_for_who_waited_first(deps, house, taken, look):
    holder, booking_id = taken
    first, second = resident(), resident()
    wait_for(deps, first, house.spaces["book_room"], *EVENING, 120)
    wait_for(deps, second, house.spaces["book_room"], *EVENING, 120)

    cancel(deps, holder, booking_id)

    offer = entry_of(deps, first)["offer"]
    assert entry_of(deps, first)["state"] == "offered"
    assert entry_of(deps, second)["state"] == "waiting"
    assert look("SELECT state, person_id::text FROM bookings WHERE id = %s", offer["booking_id"]) == [
        ("held", first.subject)
    ]
    assert look("SELECT kind FROM occupancies WHERE active") == [("hold",)]
    assert look("SELECT type FROM outbox WHERE type LIKE '%%waiting.offered%%'") == [
        ("linli.venue.waiting.offered.v1",)
    ]
    with pytest.raises(Conflict, match="slot_taken"):
        book(deps, resident(), house.spaces["book_room"], *EVENING)


def test_an_offer_is_kept_for_the_venues_minutes_and_never_past_the_start(deps, house, taken, frozen_clock):
    holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)
    frozen_clock.set(at("2026-11-26T18:50"))

    cancel(deps, holder, booking_id)

    offer = entry_of(deps, waiter)["offer"]
    assert offer["expires_at"] == offer["starts_at"] == at("2026-11-26T19:00").isoformat()


def test_the_venues_minutes_bound_an_offer_made_long_before(deps, house, taken, frozen_clock):
    holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)

    cancel(deps, holder, booking_id)

    expires = frozen_clock.now() + timedelta(minutes=30)
    assert at(entry_of(deps, waiter)["offer"]["expires_at"][:16]) == expires.replace(second=0)


def test_an_accepted_offer_is_a_booking_like_any_other(deps, house, taken):
    holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)
    cancel(deps, holder, booking_id)

    booking = confirm_booking(deps, waiter, UUID(entry_of(deps, waiter)["offer"]["booking_id"]), InProcess()).content

    assert booking["state"] == "confirmed"
    assert entry_of(deps, waiter)["state"] == "accepted"


@pytest.mark.parametrize("declined", [True, False])
def test_a_declined_or_lapsed_offer_goes_to_the_next_in_the_same_moment(deps, house, taken, frozen_clock, declined):
    holder, booking_id = taken
    first, second = resident(), resident()
    for who in (first, second):
        wait_for(deps, who, house.spaces["book_room"], *EVENING, 120)
    cancel(deps, holder, booking_id)
    offer = entry_of(deps, first)["offer"]

    if declined:
        cancel(deps, first, offer["booking_id"])
    else:
        frozen_clock.advance(minutes=30)
        look_after(deps, HANDLERS)

    assert entry_of(deps, first)["state"] == ("left" if declined else "lapsed")
    assert entry_of(deps, second)["state"] == "offered"


def test_who_books_while_an_offer_is_lapsing_does_not_pass_the_next_in_line(deps, house, taken, frozen_clock):
    holder, booking_id = taken
    first, second = resident(), resident()
    for who in (first, second):
        wait_for(deps, who, house.spaces["book_room"], *EVENING, 120)
    cancel(deps, holder, booking_id)
    frozen_clock.advance(minutes=30)

    with pytest.raises(Conflict, match="slot_taken"):
        book(deps, resident(), house.spaces["book_room"], *EVENING)
    look_after(deps, HANDLERS)

    assert entry_of(deps, second)["state"] == "offered"


def test_who_waits_for_the_whole_house_is_offered_it_when_its_last_room_is_freed(deps, house, taken):
    holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["whole_house"], *EVENING, 120)

    cancel(deps, holder, booking_id)

    assert entry_of(deps, waiter)["state"] == "offered"


def test_a_part_of_a_longer_range_is_enough(deps, house, taken):
    holder, booking_id = taken
    waiter, other = resident(), resident()
    book(deps, other, house.spaces["book_room"], "2026-11-26T21:00", "2026-11-26T22:00")
    wait_for(deps, waiter, house.spaces["book_room"], "2026-11-26T19:30", "2026-11-26T22:00", 60)

    cancel(deps, holder, booking_id)

    offer = entry_of(deps, waiter)["offer"]
    assert (offer["starts_at"], offer["ends_at"]) == tuple(
        at(wall).isoformat() for wall in ("2026-11-26T19:30", "2026-11-26T20:30")
    )


def test_several_who_fit_side_by_side_are_all_offered_a_time(deps, house, taken):
    holder, booking_id = taken
    waiters = [resident() for _ in range(3)]
    for waiter in waiters:
        wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)

    cancel(deps, holder, booking_id)

    assert [entry_of(deps, waiter)["state"] for waiter in waiters] == ["offered", "offered", "waiting"]


def test_nobody_is_offered_a_time_that_has_begun(deps, house, taken, frozen_clock, look):
    _holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)
    frozen_clock.set(at("2026-11-26T19:00:01"))

    look_after(deps, HANDLERS)

    assert entry_of(deps, waiter)["state"] == "lapsed"
    assert look("SELECT state FROM bookings WHERE id = %s", booking_id) == [("confirmed",)]


def test_who_may_not_book_is_passed_over_and_told_why(deps, house, taken, look, database):
    holder, booking_id = taken
    paused, second = resident(), resident()
    for who in (paused, second):
        wait_for(deps, who, house.spaces["book_room"], *EVENING, 120)
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO pauses SELECT division_code, id, %s, '2026-12-20' FROM venues", (paused.subject,)
        )

    cancel(deps, holder, booking_id)

    assert (entry_of(deps, paused)["state"], entry_of(deps, paused)["refused_code"]) == (
        "waiting",
        "paused_after_no_shows",
    )
    assert entry_of(deps, second)["state"] == "offered"


def test_who_has_used_a_quota_up_keeps_the_place_and_the_next_is_served(deps, house, taken, database):
    holder, booking_id = taken
    greedy, second = resident(), resident()
    for who in (greedy, second):
        wait_for(deps, who, house.spaces["book_room"], *EVENING, 120)
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO quotas (division_code, id, venue_id, subject, period, count_limit, valid_from, created_at)"
            " SELECT division_code, gen_random_uuid(), id, 'person', 'day', 1, '2026-01-01', created_at FROM venues"
        )
    book(deps, greedy, house.spaces["elders_space"], "2026-11-26T10:00", "2026-11-26T11:00")

    cancel(deps, holder, booking_id)

    assert (entry_of(deps, greedy)["state"], entry_of(deps, greedy)["refused_code"]) == ("waiting", "quota_exceeded")
    assert entry_of(deps, second)["state"] == "offered"


def test_there_is_no_waiting_for_what_is_free(deps, house):
    with pytest.raises(Conflict, match="slot_is_free") as refused:
        wait_for(deps, resident(), house.spaces["book_room"], *EVENING, 60)

    first = refused.value.extra["alternatives"][0]
    assert (first["starts_at"], first["price_fen"]) == (at("2026-11-26T19:00").isoformat(), 3000)


@pytest.mark.parametrize(
    ("starts", "ends", "minutes", "code"),
    [
        ("2026-11-26T19:00", "2026-11-26T20:00", 90, "wish_does_not_fit"),
        ("2026-11-26T21:00", "2026-11-26T19:00", 30, "wish_does_not_fit"),
        ("2026-11-26T19:00", "2026-11-28T19:00", 60, "wish_does_not_fit"),
        ("2026-11-22T19:00", "2026-11-22T20:00", 60, "in_the_past"),
        ("2026-11-26T19:10", "2026-11-26T20:10", 60, "not_on_grain"),
        ("2026-11-26T23:00", "2026-11-27T01:00", 60, "outside_opening"),
        ("2027-11-26T19:00", "2027-11-26T20:00", 60, "too_far_ahead"),
    ],
)
def test_a_wish_that_nobody_could_be_granted_is_refused(deps, house, starts, ends, minutes, code):
    with pytest.raises(Unprocessable, match=code):
        wait_for(deps, resident(), house.spaces["book_room"], starts, ends, minutes)


def test_the_same_wish_twice_and_more_than_ten_are_refused(deps, house, taken):
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)

    with pytest.raises(Conflict, match="already_waiting"):
        wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)

    for number in range(9):
        start = at("2026-11-27T18:00") + timedelta(days=number)
        times = [(start + timedelta(hours=hours)).replace(tzinfo=None).isoformat() for hours in (0, 1)]
        book(deps, resident(), house.spaces["book_room"], *times)
        wait_for(deps, waiter, house.spaces["book_room"], *times, 60)
    with pytest.raises(Conflict, match="too_many_wishes"):
        wait_for(deps, waiter, house.spaces["whole_house"], *EVENING, 60)


def test_who_left_is_offered_nothing_and_an_open_offer_is_declined_instead(deps, house, taken):
    holder, booking_id = taken
    gone, waiter = resident(), resident()
    for who in (gone, waiter):
        wait_for(deps, who, house.spaces["book_room"], *EVENING, 120)

    leave(deps, gone, UUID(entry_of(deps, gone)["entry_id"]), InProcess())
    cancel(deps, holder, booking_id)

    assert entry_of(deps, gone)["state"] == "left"
    with pytest.raises(Conflict, match="offer_is_open"):
        leave(deps, waiter, UUID(entry_of(deps, waiter)["entry_id"]), InProcess())


def test_the_counter_puts_somebody_on_the_list_and_answers_for_them(deps, house, taken, look):
    holder, booking_id = taken
    staff, elder = counter(), resident()
    entry = wait_for(deps, staff, house.spaces["book_room"], *EVENING, 120, behalf=UUID(elder.subject))
    cancel(deps, holder, booking_id)
    offer = entry_of(deps, elder)["offer"]

    confirm_booking(deps, staff, UUID(offer["booking_id"]), InProcess())

    assert entry["person_id"] == elder.subject
    assert look("SELECT channel, on_behalf_reason, state FROM bookings WHERE id = %s", offer["booking_id"]) == [
        ("counter", "电话登记", "confirmed")
    ]


def test_time_that_came_free_unnoticed_is_found_by_the_alarm(deps, house, taken, database, frozen_clock):
    _holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 120)
    with database.superuser() as connection:  # as longer opening hours would: nothing tells of it
        connection.execute("UPDATE occupancies SET active = false WHERE booking_id = %s", (booking_id,))
        connection.execute("DELETE FROM published_busy_times")
        connection.execute("INSERT INTO due SELECT division_code, 'offers', %s FROM venues", (frozen_clock.now(),))

    look_after(deps, HANDLERS)

    assert entry_of(deps, waiter)["state"] == "offered"


def test_no_offer_is_made_of_a_start_that_needs_approval_and_none_is_told_as_free(deps, house, taken, database):
    """Until six the room is given by approval; who waits from five to nine waits for the hours after."""
    holder, booking_id = taken
    waiter = resident()
    with database.superuser() as connection:
        connection.execute("UPDATE regimes SET approval = 'required' WHERE code = 'public_benefit'")
    wait_for(deps, waiter, house.spaces["book_room"], "2026-11-26T16:00", "2026-11-26T21:00", 120)

    cancel(deps, holder, booking_id)

    assert entry_of(deps, waiter)["offer"]["starts_at"] == at("2026-11-26T18:00").isoformat()


def test_who_waits_is_told_why_where_every_start_has_come_to_need_approval(deps, house, taken, database):
    holder, booking_id = taken
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)
    with database.superuser() as connection:
        connection.execute("UPDATE regimes SET approval = 'required'")

    cancel(deps, holder, booking_id)

    assert (entry_of(deps, waiter)["state"], entry_of(deps, waiter)["refused_code"]) == ("waiting", "ask_instead")
