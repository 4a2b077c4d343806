# SPDX-License-Identifier: Apache-2.0
"""A hold keeps a room for some minutes: confirmed in time it is a booking, and otherwise it was never in the way."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from chassis.errors import AppError, Conflict, NotFound, PreconditionFailed
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.usecases.booking import see_times
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.holding import confirm_booking
from venue.usecases.due import look_after

from ..conftest import WUFUQIAO, at, book, counter, keyed, resident
from .waiting_list import cancel, wait_for

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


def held(deps, house, who=None, times=EVENING, space="book_room"):
    return book(deps, who or resident(), house.spaces[space], *times, hold=True)


def confirm(deps, who, booking, version=1):
    return confirm_booking(deps, who, UUID(booking["booking_id"]), keyed(if_match=version))


def state_of(look, booking):
    return look("SELECT state, version FROM bookings WHERE id = %s", booking["booking_id"])[0]


def test_a_hold_takes_the_room_and_tells_nobody_until_it_is_confirmed(deps, house, look):
    who = resident()
    hold = held(deps, house, who)

    assert (hold["state"], hold["held_until"][11:16]) == ("held", "10:05")
    with pytest.raises(Conflict) as refused:
        book(deps, resident(), house.spaces["book_room"], *EVENING)
    assert refused.value.code == "slot_taken"
    assert look("SELECT count(*) FROM outbox") == [(0,)]

    confirmed = confirm(deps, who, hold).content

    assert (confirmed["state"], confirmed["held_until"], confirmed["version"]) == ("confirmed", None, 2)
    assert look("SELECT type, sequence FROM outbox") == [("linli.venue.booking.confirmed.v1", 2)]
    assert look("SELECT kind, hold_expires_at, active FROM occupancies") == [("booking", None, True)]


def test_a_confirmation_too_late_is_refused_and_changes_nothing(deps, house, look, frozen_clock):
    who = resident()
    hold = held(deps, house, who)
    frozen_clock.advance(minutes=5)

    reply = confirm(deps, who, hold)

    assert (reply.status, reply.content["code"]) == (409, "hold_expired")
    assert state_of(look, hold) == ("held", 1)


def test_a_hold_that_ran_out_gives_way_on_demand_before_any_clock_looks_at_it(deps, house, look, frozen_clock):
    hold = held(deps, house, space="whole_house")
    frozen_clock.advance(minutes=6)

    booked = book(deps, resident(), house.spaces["book_room"], *EVENING)

    assert state_of(look, hold) == ("lapsed", 2)
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]
    assert look("SELECT booking_id::text FROM occupancies WHERE active") == [(booked["booking_id"],)]
    assert look("SELECT count(*) FROM published_busy_times") == [(1,)]


def evening(days) -> str:
    """As what the beginning of the held evening is shown."""
    (thursday,) = (day for day in days if day["date"] == "2026-11-26")
    (state,) = (
        one["state"] for one in thursday["intervals"] if one["starts_at"][:16] <= EVENING[0] < one["ends_at"][:16]
    )
    return state


def shown(deps, house) -> tuple[str, str]:
    """The held evening as residents see it, and as the public does."""
    room, first = house.spaces["book_room"], at(EVENING[0]).date()
    rooms = see_times.availability(deps, resident(), house.venue_id, first, 1, "zh")["spaces"]
    (mine,) = (one for one in rooms if one["space_id"] == str(room))
    return evening(mine["days"]), evening(see_times.public_week(deps, WUFUQIAO, room, first, "zh")["days"])


def test_a_hold_that_ran_out_is_shown_as_free_at_once_before_any_clock_looks_at_it(deps, house, frozen_clock, look):
    hold = held(deps, house)
    frozen_clock.advance(minutes=4, seconds=59)
    assert shown(deps, house) == ("busy", "busy")

    frozen_clock.advance(seconds=1)

    assert shown(deps, house) == ("free", "free")
    assert state_of(look, hold) == ("held", 1), "nothing but the time has passed"
    book(deps, resident(), house.spaces["book_room"], *EVENING)


def test_what_was_confirmed_stays_busy_when_the_hold_would_have_run_out(deps, house, frozen_clock):
    who = resident()
    confirm(deps, who, held(deps, house, who))
    frozen_clock.advance(minutes=6)

    assert shown(deps, house) == ("busy", "busy")


def test_the_clock_ends_holds_that_ran_out_and_leaves_the_others(deps, house, look, frozen_clock):
    first = held(deps, house)
    frozen_clock.advance(minutes=3)
    second = held(deps, house, space="elders_space")
    frozen_clock.advance(minutes=2)

    look_after(deps, HANDLERS)

    assert (state_of(look, first), state_of(look, second)) == (("lapsed", 2), ("held", 1))
    assert look("SELECT count(*) FROM due WHERE kind = 'holds'") == [(1,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(1,)]


def test_a_lapsed_hold_cannot_be_confirmed_any_more(deps, house, frozen_clock):
    who = resident()
    hold = held(deps, house, who)
    frozen_clock.advance(minutes=5)
    look_after(deps, HANDLERS)

    assert confirm(deps, who, hold, version=2).content["code"] == "hold_expired"


def test_a_hold_is_given_up_silently(deps, house, look):
    who = resident()
    hold = held(deps, house, who)

    cancel_booking(deps, who, UUID(hold["booking_id"]), keyed(if_match=1))

    assert state_of(look, hold) == ("cancelled", 2)
    assert look("SELECT count(*) FROM outbox") == [(0,)]
    book(deps, resident(), house.spaces["book_room"], *EVENING)


def test_only_the_holder_and_the_counter_confirm_and_only_what_they_saw(deps, house):
    hold = held(deps, house)

    with pytest.raises(NotFound):
        confirm(deps, resident(), hold)
    with pytest.raises(PreconditionFailed):
        confirm(deps, counter(), hold, version=7)
    assert confirm(deps, counter(), hold).content["state"] == "confirmed"
    assert confirm(deps, counter(), hold, version=2).content["code"] == "wrong_state"


def test_of_many_clicks_at_once_a_person_gets_two_holds(deps, house, look):
    who, clients = resident(), 12
    barrier = Barrier(clients)

    def one(number: int) -> str:
        barrier.wait()
        try:
            held(deps, house, who, (f"2026-11-{24 + number % 6}T19:00", f"2026-11-{24 + number % 6}T20:00"),
                 space=("book_room", "elders_space")[number % 2])  # fmt: skip
            return "held"
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(clients) as pool:
        ended = Counter(pool.map(one, range(clients)))

    assert ended["held"] == 2
    assert set(ended) <= {"held", "too_many_holds", "slot_taken"}
    assert look("SELECT count(*) FROM bookings WHERE state = 'held'") == [(2,)]


def test_a_hold_confirmed_or_run_out_makes_room_for_another(deps, house, frozen_clock):
    who = resident()
    confirm(deps, who, held(deps, house, who))
    held(deps, house, who, space="elders_space")
    held(deps, house, who, space="service_post")
    with pytest.raises(AppError) as refused:
        held(deps, house, who, space="council_pavilion")
    assert refused.value.code == "too_many_holds"

    frozen_clock.advance(minutes=5)

    assert held(deps, house, who, space="council_pavilion")["state"] == "held"


def test_two_confirmations_at_once_are_one_booking(deps, house, look):
    who = resident()
    hold = held(deps, house, who)
    barrier = Barrier(2)

    def one(_: int) -> object:
        barrier.wait()
        try:
            return confirm_booking(deps, who, UUID(hold["booking_id"]), InProcess(if_match=1)).status
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(map(str, pool.map(one, range(2))))

    assert ended == ["200", "version_changed"]
    assert look("SELECT count(*) FROM outbox") == [(1,)]


def test_what_the_waiting_list_offers_is_none_of_a_persons_own_holds(deps, house, look):
    taker, who = resident(), resident()
    booking = book(deps, taker, house.spaces["book_room"], *EVENING)
    wait_for(deps, who, house.spaces["book_room"], *EVENING, 120)
    cancel(deps, taker, booking["booking_id"])

    for space in ("elders_space", "service_post"):
        assert held(deps, house, who, space=space)["state"] == "held"
    assert look("SELECT count(*) FROM bookings WHERE state = 'held'") == [(3,)]
