# SPDX-License-Identifier: Apache-2.0
"""Door displays: what they show, that only they show the code, and that the code checks in who stands there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from chassis.auth import Actor
from chassis.errors import Conflict, NotFound
from venue.deps import InProcess
from venue.usecases.presence import doors
from venue.usecases.presence.attendance import check_in_here

from ..conftest import NEIGHBOUR, WUFUQIAO, at, book, resident


def secretary(division: str = WUFUQIAO) -> Actor:
    """Who keeps the venue."""
    return Actor("019a0000-0000-7000-8000-000000000001", division, frozenset({"venue.read", "venue.manage"}))


@pytest.fixture
def display(deps, house):
    """A display beside the book room's door."""
    return doors.create_display(deps, secretary(), house.spaces["book_room"], "东门", InProcess()).content


def test_a_display_shows_now_and_next_and_no_name(deps, house, display, frozen_clock):
    who = resident()
    book(deps, who, house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00", purpose="家庭聚会")
    book(deps, resident(), house.spaces["whole_house"], "2026-11-26T21:00", "2026-11-26T22:00")

    frozen_clock.set(at("2026-11-26T18:10"))
    before = doors.show(deps, display["token"], "zh")
    frozen_clock.set(at("2026-11-26T19:05"))
    during = doors.show(deps, display["token"], "zh")

    assert (before["state"], before["until"]) == ("free", at("2026-11-26T19:00").isoformat())
    assert before["next"]["starts_at"] == at("2026-11-26T19:00").isoformat()
    assert (during["state"], during["until"]) == ("busy", at("2026-11-26T20:00").isoformat())
    assert during["next"]["starts_at"] == at("2026-11-26T21:00").isoformat()
    assert who.subject not in str(during) and "家庭" not in str(during)


def test_the_code_checks_in_ones_own_booking_now_and_a_moment_later(deps, house, display, frozen_clock, look):
    for number, later in enumerate((0, 30)):
        who = resident()
        start = at("2026-11-26T19:00") + timedelta(days=number)
        times = [(start + timedelta(hours=hours)).replace(tzinfo=None).isoformat() for hours in (0, 1)]
        book(deps, who, house.spaces["book_room"], *times)
        frozen_clock.set(start)
        code = doors.show(deps, display["token"], "zh")["check_in_code"]
        frozen_clock.advance(seconds=later)

        booking = check_in_here(deps, who, house.spaces["book_room"], code, InProcess()).content

        assert booking["state"] == "checked_in"
    assert look("SELECT DISTINCT way FROM check_ins") == [("door_code",)]


def test_the_code_on_a_rooms_door_checks_in_who_booked_the_whole_house(deps, house, display, frozen_clock):
    who = resident()
    book(deps, who, house.spaces["whole_house"], "2026-11-26T19:00", "2026-11-26T20:00")
    frozen_clock.set(at("2026-11-26T18:50"))
    code = doors.show(deps, display["token"], "zh")["check_in_code"]

    booking = check_in_here(deps, who, house.spaces["book_room"], code, InProcess()).content

    assert (booking["state"], booking["space_id"]) == ("checked_in", str(house.spaces["whole_house"]))


def test_a_code_photographed_a_minute_ago_or_on_another_door_checks_nobody_in(deps, house, display, frozen_clock):
    who = resident()
    book(deps, who, house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00")
    frozen_clock.set(at("2026-11-26T19:00"))
    code = doors.show(deps, display["token"], "zh")["check_in_code"]

    with pytest.raises(Conflict, match="door_code_expired"):
        check_in_here(deps, who, house.spaces["elders_space"], code, InProcess())
    frozen_clock.advance(seconds=60)
    with pytest.raises(Conflict, match="door_code_expired"):
        check_in_here(deps, who, house.spaces["book_room"], code, InProcess())


def test_the_code_opens_nothing_to_who_has_not_booked(deps, house, display, frozen_clock):
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00")
    frozen_clock.set(at("2026-11-26T19:00"))
    code = doors.show(deps, display["token"], "zh")["check_in_code"]

    with pytest.raises(Conflict, match="nothing_to_check_in"):
        check_in_here(deps, resident(), house.spaces["book_room"], code, InProcess())


def test_a_new_secret_makes_every_code_shown_before_worthless(deps, house, display):
    before = doors.show(deps, display["token"], "zh")["check_in_code"]

    doors.renew_secret(deps, secretary(), house.venue_id, InProcess())

    assert doors.show(deps, display["token"], "zh")["check_in_code"] != before
    with pytest.raises(Conflict, match="door_code_expired"):
        check_in_here(deps, resident(), house.spaces["book_room"], before, InProcess())


def test_a_wrong_a_foreign_and_a_revoked_address_look_the_same(deps, house, display):
    token = display["token"]
    wrong = [token[:-1] + ("A" if token[-1] != "A" else "B"), NEIGHBOUR + token[12:], "x", "510104030006-" + "A" * 32]
    doors.revoke_display(deps, secretary(), UUID(display["display_id"]), InProcess(if_match=1))

    for one in [*wrong, token]:
        with pytest.raises(NotFound, match="display_not_found"):
            doors.show(deps, one, "zh")


def test_the_address_is_told_once_and_kept_as_its_hash(deps, house, display, look):
    from chassis.pagination import Page

    shown = doors.displays(deps, secretary(), Page(None, 50), "zh")["items"]

    assert [one["label"] for one in shown] == ["东门"]
    assert "token" not in shown[0]
    assert look(
        "SELECT count(*) FROM door_displays WHERE encode(token_sha256, 'escape') LIKE %s", display["token"]
    ) == [(0,)]


def test_a_display_that_asks_every_second_waits_for_nobody_who_changes_the_house(deps, house, database):
    """It asks for ever, so it must neither lock the venue nor wait for whoever has."""
    token = doors.create_display(deps, secretary(), house.spaces["book_room"], "东门", InProcess()).content["token"]

    with database.superuser() as connection, connection.transaction():
        connection.execute("SELECT FROM venues FOR UPDATE")
        shown = doors.show(deps, token, "zh")

    assert shown["space_id"] == str(house.spaces["book_room"])
