# SPDX-License-Identifier: Apache-2.0
"""Nobody came: the room is released after the grace time, first for who waited; news that comes late is honoured."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.db import uuid7
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.due import look_after
from venue.usecases.presence import exemptions, no_shows, offline_check_ins
from venue.usecases.presence.attendance import Ticked, check_in, check_in_many
from venue.usecases.presence.no_shows import release_everywhere
from venue.usecases.presence.offline_check_ins import Note

from ..conftest import at, book, counter, keyed, operator, resident
from .waiting_list import entry_of, wait_for

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
PROJECTORS = """
    SELECT count(*) FROM occupancies o JOIN atoms a ON a.id = o.atom_id AND a.kind = 'equipment'
    WHERE o.active AND o.booking_id = %s"""
GRACE_OVER = at("2026-11-26T19:15")


@pytest.fixture
def booked(deps, house):
    """Somebody's booking of the book room on Thursday evening."""
    who = resident()
    return who, book(deps, who, house.spaces["book_room"], *EVENING)


def noted(deps, *notes: Note) -> list[dict[str, Any]]:
    """Send notes as the operator's device does."""
    return offline_check_ins.apply(deps, operator(), "柜台平板", notes, InProcess()).content["items"]


def state_of(look, booking: dict[str, Any]) -> str:
    return look("SELECT state FROM bookings WHERE id = %s", booking["booking_id"])[0][0]


def test_a_booking_nobody_came_to_is_released_after_the_grace_time_and_not_before(
    deps, house, booked, frozen_clock, look
):
    _who, booking = booked
    frozen_clock.set(GRACE_OVER - timedelta(seconds=1))
    assert release_everywhere(deps) == 0

    frozen_clock.set(GRACE_OVER)
    assert release_everywhere(deps) == 1
    assert release_everywhere(deps) == 0

    assert state_of(look, booking) == "no_show"
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(0,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(0,)]
    assert look("SELECT count(*) FROM outbox WHERE type = 'linli.venue.booking.no_show.v1'") == [(1,)]
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T19:30", "2026-11-26T21:00")


def test_the_room_is_released_by_an_alarm_in_the_second_the_grace_time_ends(deps, booked, frozen_clock, look):
    _who, booking = booked
    frozen_clock.set(GRACE_OVER - timedelta(seconds=14))
    release_everywhere(deps)  # the round before; the next one comes a second too late
    assert look("SELECT due_at FROM due WHERE kind = 'no_shows'") == [(GRACE_OVER,)]

    frozen_clock.set(GRACE_OVER - timedelta(seconds=1))
    look_after(deps, HANDLERS)
    assert state_of(look, booking) == "confirmed"

    frozen_clock.set(GRACE_OVER)
    look_after(deps, HANDLERS)

    assert state_of(look, booking) == "no_show"
    assert look("SELECT count(*) FROM due WHERE kind = 'no_shows'") == [(0,)]


def test_whatever_the_grace_time_there_is_a_round_in_the_minute_before_its_end(deps, booked, frozen_clock, look):
    for seconds in (61, 60, 45, 30):
        frozen_clock.set(GRACE_OVER - timedelta(seconds=seconds))
        release_everywhere(deps)
        set_ = look("SELECT due_at FROM due WHERE kind = 'no_shows'")
        assert set_ == ([] if seconds > 60 else [(GRACE_OVER,)])


def test_more_no_shows_than_one_round_takes_are_gone_on_with_a_second_later(
    deps, house, booked, frozen_clock, look, monkeypatch
):
    book(deps, resident(), house.spaces["elders_space"], *EVENING)
    monkeypatch.setattr(no_shows, "AT_ONCE", 1)
    frozen_clock.set(GRACE_OVER)
    release_everywhere(deps)

    frozen_clock.advance(seconds=1)
    look_after(deps, HANDLERS)

    assert look("SELECT DISTINCT state FROM bookings") == [("no_show",)]


def test_who_may_come_late_gets_the_alarm_at_the_end(deps, booked, frozen_clock, look):
    who, _booking = booked
    exemptions.grant(deps, counter(), UUID(who.subject), "高龄", at("2026-12-31T00:00").date(), InProcess())
    for wall in ("2026-11-26T19:14:50", "2026-11-26T20:59:50"):
        frozen_clock.set(at(wall))
        release_everywhere(deps)

    assert look("SELECT due_at FROM due WHERE kind = 'no_shows'") == [(at("2026-11-26T21:00"),)]


def test_who_checked_in_keeps_the_room(deps, booked, frozen_clock, look):
    _who, booking = booked
    frozen_clock.set(at("2026-11-26T19:14"))
    check_in(deps, operator(), UUID(booking["booking_id"]), InProcess())
    frozen_clock.set(at("2026-11-26T20:59"))

    assert release_everywhere(deps) == 0
    assert state_of(look, booking) == "checked_in"


def test_what_is_released_goes_to_who_waits_for_the_rest_of_it(deps, house, booked, frozen_clock):
    waiter = resident()
    wait_for(deps, waiter, house.spaces["book_room"], *EVENING, 60)
    frozen_clock.set(GRACE_OVER)

    release_everywhere(deps)

    offer = entry_of(deps, waiter)["offer"]
    assert offer["starts_at"] == at("2026-11-26T19:30").isoformat()
    assert offer["expires_at"] == at("2026-11-26T19:30").isoformat()


def test_a_venue_may_wait_longer(deps, booked, frozen_clock, database):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET grace_minutes = 60")
    frozen_clock.set(GRACE_OVER)

    assert release_everywhere(deps) == 0


def test_who_may_come_late_keeps_the_room_until_its_end_and_gets_no_mark(deps, booked, frozen_clock, look):
    who, booking = booked
    exemptions.grant(deps, counter(), UUID(who.subject), "高龄", at("2026-12-31T00:00").date(), InProcess())
    frozen_clock.set(at("2026-11-26T20:59"))
    assert release_everywhere(deps) == 0

    frozen_clock.set(at("2026-11-26T21:00"))
    release_everywhere(deps)

    assert state_of(look, booking) == "no_show"
    assert look("SELECT count(*) FROM marks") == [(0,)]


def test_a_worker_that_was_away_for_days_blames_nobody(deps, booked, frozen_clock, look):
    _who, booking = booked
    frozen_clock.set(at("2026-11-28T09:00"))

    release_everywhere(deps)

    assert state_of(look, booking) == "no_show"
    assert look("SELECT count(*) FROM marks") == [(0,)]


def test_a_check_in_noted_offline_counts_from_when_it_happened(deps, booked, frozen_clock, look):
    _who, booking = booked
    frozen_clock.set(at("2026-11-26T20:30"))
    note = Note(uuid7(), at("2026-11-26T18:55"), pick_up_code=booking["pick_up_code"])

    (result,) = noted(deps, note)

    assert result["outcome"] == "accepted"
    assert look("SELECT state, checked_in_at FROM bookings") == [("checked_in", at("2026-11-26T18:55"))]
    assert look("SELECT way, device, happened_at FROM check_ins") == [("offline", "柜台平板", at("2026-11-26T18:55"))]


def test_the_same_nonce_twice_is_one_check_in(deps, booked, frozen_clock, look):
    _who, booking = booked
    frozen_clock.set(at("2026-11-26T19:05"))
    note = Note(uuid7(), at("2026-11-26T18:55"), booking_id=UUID(booking["booking_id"]))

    first, second = noted(deps, note), noted(deps, note)

    assert [first[0]["outcome"], second[0]["outcome"]] == ["accepted", "duplicate"]
    assert look("SELECT count(*) FROM outbox WHERE type LIKE '%%checked_in%%'") == [(1,)]


def test_the_same_nonce_twice_in_one_sending_is_one_check_in(deps, booked, frozen_clock):
    _who, booking = booked
    frozen_clock.set(at("2026-11-26T19:05"))
    note = Note(uuid7(), at("2026-11-26T18:55"), booking_id=UUID(booking["booking_id"]))

    assert [one["outcome"] for one in noted(deps, note, note)] == ["accepted", "duplicate"]


def test_a_refused_note_is_not_tried_again_under_its_nonce(deps, booked, frozen_clock, look):
    note = Note(uuid7(), at("2026-11-23T09:00"), pick_up_code="BBBBBB")

    first, second = noted(deps, note), noted(deps, note)

    assert [(one["outcome"], one["code"]) for one in (*first, *second)] == [
        ("refused", "booking_not_found"),
        ("duplicate", "booking_not_found"),
    ]


def test_who_came_in_the_grace_time_keeps_a_room_that_was_released_for_want_of_the_news(
    deps, house, booked, frozen_clock, look
):
    _who, booking = booked
    frozen_clock.set(GRACE_OVER)
    release_everywhere(deps)
    frozen_clock.set(at("2026-11-26T19:40"))

    (result,) = noted(deps, Note(uuid7(), at("2026-11-26T19:10"), pick_up_code=booking["pick_up_code"]))

    assert result["outcome"] == "accepted"
    assert state_of(look, booking) == "checked_in"
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(1,)]
    assert look("SELECT state, decision_reason FROM marks") == [("excused", "checked_in_offline")]


@pytest.mark.parametrize(("taken_by_others", "code"), [(0, None), (1, "equipment_given_away")])
def test_with_the_room_its_equipment_comes_again_as_far_as_it_is_there(
    deps, house, frozen_clock, look, taken_by_others, code
):
    things = dict(look("SELECT code, id FROM equipment"))
    wishes = [EquipmentWish(things["projector"], 2), EquipmentWish(things["folding_chair"], 12)]
    booking = book(deps, resident(), house.spaces["book_room"], *EVENING, equipment=wishes)
    frozen_clock.set(GRACE_OVER)
    release_everywhere(deps)
    for _ in range(taken_by_others):
        other = [EquipmentWish(things["projector"], 1)]
        book(deps, resident(), house.spaces["elders_space"], "2026-11-26T20:00", "2026-11-26T21:00", equipment=other)
    note = Note(uuid7(), at("2026-11-26T19:10"), booking_id=UUID(booking["booking_id"]))

    (result,) = noted(deps, note)

    assert (result["outcome"], result["code"]) == ("accepted", code)
    assert state_of(look, booking) == "checked_in"
    assert look("SELECT sum(quantity) FROM equipment_holds WHERE active") == [(12,)]
    assert look(PROJECTORS, booking["booking_id"]) == [(0 if taken_by_others else 2,)]


def test_a_room_that_was_given_away_stays_with_who_has_it(deps, house, booked, frozen_clock, look):
    _who, booking = booked
    frozen_clock.set(GRACE_OVER)
    release_everywhere(deps)
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T20:00", "2026-11-26T21:00")

    (result,) = noted(deps, Note(uuid7(), at("2026-11-26T19:10"), booking_id=UUID(booking["booking_id"])))

    assert (result["outcome"], result["code"]) == ("refused", "given_away")
    assert state_of(look, booking) == "no_show"
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        ("2026-11-26T19:16", "came_after_the_grace_time"),
        ("2026-11-26T18:29", "too_early_to_check_in"),
        ("2026-11-26T19:43", "device_clock_is_ahead"),
        ("2026-11-18T19:00", "noted_too_long_ago"),
    ],
)
def test_a_note_the_rules_do_not_believe_changes_nothing(deps, booked, frozen_clock, look, happened, code):
    _who, booking = booked
    frozen_clock.set(at("2026-11-26T19:40"))
    release_everywhere(deps)

    (result,) = noted(deps, Note(uuid7(), at(happened), booking_id=UUID(booking["booking_id"])))

    assert (result["outcome"], result["code"]) == ("refused", code)
    assert state_of(look, booking) == "no_show"


def test_one_note_that_is_refused_hinders_no_other(deps, house, booked, frozen_clock):
    _who, booking = booked
    frozen_clock.set(at("2026-11-26T19:05"))
    notes = [
        Note(uuid7(), at("2026-11-26T19:00"), pick_up_code="ZZZZZZ"),
        Note(uuid7(), at("2026-11-26T19:00"), pick_up_code=booking["pick_up_code"]),
        Note(uuid7(), at("2026-11-26T19:01"), pick_up_code=booking["pick_up_code"]),
    ]

    outcomes = {one["nonce"]: (one["outcome"], one["code"]) for one in noted(deps, *notes)}

    assert [outcomes[str(note.nonce)] for note in notes[:1]] == [("refused", "booking_not_found")]
    assert sorted(outcomes[str(note.nonce)][0] for note in notes[1:]) == ["accepted", "refused"]


def test_ticks_on_the_days_list_are_judged_one_by_one(deps, house, booked, frozen_clock, look):
    _who, booking = booked
    later = book(deps, resident(), house.spaces["book_room"], "2026-11-27T19:00", "2026-11-27T20:00")
    frozen_clock.set(at("2026-11-26T18:50"))
    ticked = [Ticked(UUID(one["booking_id"]), 1) for one in (booking, later)] + [Ticked(uuid7(), 1)]

    answer = check_in_many(deps, operator(), ticked, keyed()).content["items"]

    outcomes = {one["booking_id"]: one["code"] for one in answer}
    assert outcomes[booking["booking_id"]] is None
    assert outcomes[later["booking_id"]] == "too_early_to_check_in"
    assert "booking_not_found" in outcomes.values()
    assert look("SELECT way FROM check_ins") == [("list",)]
