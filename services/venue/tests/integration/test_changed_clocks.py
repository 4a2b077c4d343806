# SPDX-License-Identifier: Apache-2.0
"""A country changes its clock: what was booked for seven in the evening stays at seven in the evening.

The changed rule is real in kind: Vancouver gave up changing its clock in 2026. Here it takes the change back, so that
its winter is eight hours behind UTC again instead of seven.
"""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from venue.deps import InProcess
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.series.rematerialise import rematerialise

from ..conftest import at, book, build_house, resident
from .test_series import arrange, wish

VANCOUVER = ZoneInfo("America/Vancouver")
HOUR = timedelta(hours=1)


def zone_with_rule(posix: str) -> ZoneInfo:
    """A time zone that has always followed one rule, written as POSIX has it."""
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", -28800, 0, 0) + b"PST\0"
    return ZoneInfo.from_file(io.BytesIO(header + header + b"\n" + posix.encode() + b"\n"), key="America/Vancouver")


CHANGED = zone_with_rule("PST8PDT,M3.2.0,M11.1.0")


@pytest.fixture
def cabin(deps, database, teahouse):
    """A house in Vancouver."""
    return build_house(deps, database, replace(teahouse, code="cabin", time_zone="America/Vancouver"))


@pytest.fixture
def evening(deps, cabin):
    """A booking from seven to nine on a winter's evening, in the pavilion."""
    return reserve(deps, cabin, "2026-12-02T19:00", "2026-12-02T21:00")


def reserve(deps, cabin, starts, ends, room="council_pavilion", **more):
    from venue.usecases.booking.book_space import BookSpace, book_space

    command = BookSpace(cabin.spaces[room], at(starts, VANCOUVER), at(ends, VANCOUVER), **more)
    return book_space(deps, resident(), command, InProcess()).content


def change(deps, release="2099a"):
    rematerialise(deps, release=release, zone_of=lambda name: CHANGED)


def held(look):
    return look("SELECT starts_at, ends_at FROM occupancies WHERE active ORDER BY starts_at")


def test_the_instant_follows_the_wall_time_and_the_wall_time_never_changes(deps, look, evening):
    change(deps)

    ((starts_at, local_start),) = look("SELECT starts_at, local_start::text FROM bookings")
    assert starts_at - at("2026-12-02T19:00", VANCOUVER) == HOUR
    assert local_start == "2026-12-02 19:00:00"
    assert held(look) == [(starts_at, starts_at + 2 * HOUR)]
    assert look("SELECT starts_at FROM published_busy_times") == [(starts_at,)]
    assert look("SELECT type FROM outbox ORDER BY id")[-1] == ("linli.venue.booking.moved.v1",)


def test_a_summer_evening_that_the_change_leaves_alone_is_left_alone(deps, database, cabin, look):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET horizon_days = 300")
    reserve(deps, cabin, "2027-07-07T19:00", "2027-07-07T21:00")

    change(deps)

    assert look("SELECT version, starts_at FROM bookings") == [(1, at("2027-07-07T19:00", VANCOUVER))]
    assert look("SELECT applied, left_behind FROM time_zone_releases") == [("2099a", 0)]


def test_evenings_that_slide_over_one_another_do_not_stand_in_each_others_way(deps, cabin, look):
    for start, end in (("18:00", "19:00"), ("19:00", "20:00"), ("20:00", "22:00")):
        reserve(deps, cabin, f"2026-12-02T{start}", f"2026-12-02T{end}")
    before = held(look)

    change(deps)

    assert held(look) == [(start + HOUR, end + HOUR) for start, end in before]


def test_a_series_moves_with_one_notice_and_keeps_its_wall_time(deps, cabin, look):
    series = arrange(deps, wish(cabin, "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331"))

    change(deps)

    told = look("SELECT type FROM outbox ORDER BY id")
    assert told == [("linli.venue.series.confirmed.v1",), ("linli.venue.series.changed.v1",)]
    winter = look("SELECT count(*) FROM bookings WHERE version = 2")[0][0]
    assert winter == len([row for row in series["dates"] if row["date"] < "2027-03-14"])
    wall_times = look("SELECT DISTINCT local_start::time::text FROM bookings")
    assert wall_times == [("19:00:00",)]
    shown = look("SELECT starts_at, local_start FROM bookings")
    assert all(one.astimezone(CHANGED).replace(tzinfo=None) == local for one, local in shown)


def test_what_cannot_follow_keeps_its_instant_and_staff_is_told_once(deps, database, cabin, evening, look):
    with database.superuser() as connection:  # a closure that is meant in instants, right behind the booking
        connection.execute("SET session_replication_role = 'replica'")  # the row is all that matters here
        connection.execute(
            "INSERT INTO occupancies (division_code, atom_id, kind, closure_id, during)"
            " SELECT division_code, atom_id, 'closure', gen_random_uuid(),"
            " tstzrange(ends_at, ends_at + interval '1 hour', '[)') FROM occupancies"
        )

    change(deps)
    change(deps)

    assert look("SELECT starts_at FROM bookings") == [(at("2026-12-02T19:00", VANCOUVER),)]
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(2,)]
    told = [row[0] for row in look("SELECT type FROM outbox ORDER BY id")]
    assert told == ["linli.venue.booking.confirmed.v1", "linli.venue.booking.left_behind.v1"]
    assert look("SELECT left_behind FROM time_zone_releases") == [(1,)]


def test_what_was_left_behind_follows_the_night_its_room_is_free(deps, database, cabin, evening, look):
    other = reserve(deps, cabin, "2026-12-02T21:00", "2026-12-02T22:00")
    with database.superuser() as connection:  # the neighbour is meant in instants: it stays where it is
        connection.execute(
            "UPDATE bookings SET local_start = local_start - interval '1 hour', local_end = local_end -"
            " interval '1 hour' WHERE id = %s",
            (other["booking_id"],),
        )
    change(deps)
    assert look("SELECT count(*) FROM left_behind") == [(1,)]

    cancel_booking(deps, resident_of(look, other), other["booking_id"], InProcess())
    change(deps)

    assert look("SELECT starts_at FROM bookings WHERE state = 'confirmed'") == [
        (at("2026-12-02T19:00", VANCOUVER) + HOUR,)
    ]
    assert look("SELECT count(*) FROM left_behind") == [(0,)]
    assert look("SELECT left_behind FROM time_zone_releases") == [(0,)]


def resident_of(look, booking):
    ((person_id,),) = look("SELECT person_id FROM bookings WHERE id = %s", booking["booking_id"])
    return resident(subject=person_id)


def test_a_booking_in_two_regimes_moves_with_both_its_parts(deps, cabin, look):
    reserve(deps, cabin, "2026-12-02T17:00", "2026-12-02T19:00", split=True)

    change(deps)

    ((first, last),) = look("SELECT min(starts_at), max(ends_at) FROM booking_parts")
    assert look("SELECT starts_at, ends_at FROM bookings") == [(first, last)]
    assert first == at("2026-12-02T17:00", VANCOUVER) + HOUR


@pytest.fixture
def chairs(cabin, look):
    """The cabin's thirty chairs and two projectors, as a booking asks for them."""
    ids = dict(look("SELECT code, id FROM equipment WHERE venue_id = %s", cabin.venue_id))
    return lambda number: [EquipmentWish(ids["folding_chair"], number), EquipmentWish(ids["projector"], 1)]


PROMISED = "SELECT booking_id, starts_at, quantity FROM equipment_holds WHERE active ORDER BY starts_at"


def test_the_equipment_follows_with_its_room(deps, database, cabin, chairs, look):
    with database.superuser() as connection:  # the room is set up for half an hour; the chairs are not
        connection.execute("UPDATE spaces SET setup_minutes = 30")
    booking = reserve(deps, cabin, "2026-12-02T19:00", "2026-12-02T21:00", equipment=chairs(30))
    start = at("2026-12-02T19:00", VANCOUVER)
    before = held(look)

    change(deps)

    assert look(PROMISED) == [(UUID(booking["booking_id"]), start + HOUR, 30)]
    assert held(look) == [(first + HOUR, last + HOUR) for first, last in before]
    assert {first for first, _ in before} == {start - HOUR / 2, start}


def test_chairs_that_slide_over_one_another_follow_and_those_promised_elsewhere_do_not(
    deps, database, cabin, chairs, look
):
    reserve(deps, cabin, "2026-12-02T18:00", "2026-12-02T19:00", equipment=chairs(20))
    last = reserve(deps, cabin, "2026-12-02T19:00", "2026-12-02T20:00", equipment=chairs(20))
    other = reserve(deps, cabin, "2026-12-02T20:00", "2026-12-02T21:00", "book_room", equipment=chairs(20))
    with database.superuser() as connection:  # this one is meant in instants: it stays where it is
        connection.execute(
            "UPDATE bookings SET local_start = local_start - interval '1 hour', local_end = local_end -"
            " interval '1 hour' WHERE id = %s",
            (other["booking_id"],),
        )
    start = at("2026-12-02T18:00", VANCOUVER)

    change(deps)

    # The first cannot move over the second, which lacks its chairs an hour later and stays where it is.
    assert [(one[1], one[2]) for one in look(PROMISED)] == [(start + number * HOUR, 20) for number in range(3)]
    assert look("SELECT count(*) FROM left_behind") == [(2,)]
    assert look("SELECT starts_at FROM bookings WHERE id = %s", last["booking_id"]) == [(start + HOUR,)]


def test_what_has_begun_stays_as_it_is(deps, look, evening):
    deps.clock.set(at("2026-12-02T19:30", VANCOUVER))

    change(deps)

    assert look("SELECT version FROM bookings") == [(1,)]


def test_the_same_release_twice_looks_at_nothing_the_second_time(deps, look, evening):
    change(deps)
    deps.clock.advance(days=1)
    change(deps)

    assert look("SELECT version FROM bookings") == [(2,)]
    assert len(look("SELECT 1 FROM time_zone_releases")) == 1


def test_a_change_that_is_taken_back_brings_every_evening_back(deps, cabin, look):
    arrange(deps, wish(cabin, "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331"))
    before = held(look)

    change(deps, "2099a")
    assert held(look) != before
    rematerialise(deps, release="2099b")

    assert held(look) == before
    assert look("SELECT DISTINCT local_start::time::text FROM bookings") == [("19:00:00",)]
    assert look("SELECT applied, left_behind FROM time_zone_releases") == [("2099b", 0)]
    assert len(look("SELECT 1 FROM outbox WHERE type LIKE '%%series.changed%%'")) == 2


def test_under_the_release_it_was_booked_with_nothing_moves(deps, house, look):
    book(deps, resident(), house.spaces["book_room"], "2026-12-02T19:00", "2026-12-02T21:00")

    rematerialise(deps)

    assert look("SELECT version FROM bookings") == [(1,)]
