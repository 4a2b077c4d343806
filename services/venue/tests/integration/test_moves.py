# SPDX-License-Identifier: Apache-2.0
"""A booking moves whole or not at all: judged and priced like a new one, and never without a room in between."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from chassis.errors import AppError
from venue import bootstrap
from venue.deps import InProcess
from venue.usecases.booking.move_booking import MoveBooking, move_booking

from ..conftest import at, book, counter, keyed, resident

CLIENTS = 16
EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


def move(deps, who, booking, starts, ends, space_id=None, attempt=None, **more):
    command = MoveBooking(at(starts), at(ends), space_id, **more)
    return move_booking(deps, who, UUID(booking["booking_id"]), command, attempt or keyed(if_match=booking["version"]))


def active(look):
    return look("SELECT booking_id::text, starts_at FROM occupancies WHERE active ORDER BY starts_at")


def test_a_move_frees_the_old_time_takes_the_new_and_freezes_the_price_that_holds_there(deps, house, look):
    who, room = resident(), house.spaces["book_room"]
    booking = book(deps, who, room, *EVENING)

    moved = move(deps, who, booking, "2026-11-27T16:00", "2026-11-27T18:00").content

    assert (moved["starts_at"][:16], moved["price_fen"], moved["regime"]) == ("2026-11-27T16:00", 0, "public_benefit")
    assert (moved["state"], moved["version"], moved["local_date"]) == ("confirmed", 2, "2026-11-27")
    assert active(look) == [(booking["booking_id"], at("2026-11-27T16:00"))]
    assert look("SELECT starts_at FROM published_busy_times") == [(at("2026-11-27T16:00"),)]
    assert book(deps, resident(), room, *EVENING)["state"] == "confirmed"


def test_a_move_tells_from_where_to_where(deps, house, look):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], *EVENING)

    move(deps, who, booking, *EVENING, house.spaces["elders_space"])

    ((data,),) = look(
        "SELECT convert_from(payload, 'UTF8')::jsonb -> 'data' FROM outbox WHERE type = 'linli.venue.booking.moved.v1'"
    )
    assert data["from"]["space_id"] == str(house.spaces["book_room"])
    assert data["to"]["space_id"] == str(house.spaces["elders_space"])


def test_a_booking_may_move_into_a_part_of_its_own_old_time(deps, house, look):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], *EVENING)

    assert move(deps, who, booking, "2026-11-26T19:30", "2026-11-26T21:30").status == 200
    assert active(look) == [(booking["booking_id"], at("2026-11-26T19:30"))]


def test_onto_a_taken_time_nothing_moves_and_alternatives_are_offered(deps, house, look):
    who, room = resident(), house.spaces["book_room"]
    booking = book(deps, who, room, *EVENING)
    book(deps, resident(), room, "2026-11-27T19:00", "2026-11-27T21:00")
    before = (active(look), look("SELECT * FROM bookings ORDER BY id"), look("SELECT * FROM published_busy_times"))

    lost = move(deps, who, booking, "2026-11-27T20:00", "2026-11-27T22:00")

    assert (lost.status, lost.content["code"], len(lost.content["alternatives"])) == (409, "slot_taken", 3)
    after = (active(look), look("SELECT * FROM bookings ORDER BY id"), look("SELECT * FROM published_busy_times"))
    assert after == before


def test_of_many_moves_to_one_slot_exactly_one_arrives_and_nobody_loses_their_room(config, frozen_clock, house, look):
    deps = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    room, people = house.spaces["council_pavilion"], [resident() for _ in range(CLIENTS)]
    mine = [
        book(deps, who, room, f"2026-11-{24 + number // 4}T{18 + number % 4}:00",
             f"2026-11-{24 + number // 4}T{19 + number % 4}:00")
        for number, who in enumerate(people)
    ]  # fmt: skip
    barrier = Barrier(CLIENTS)

    def one(number: int) -> str:
        barrier.wait()
        times = ("2026-11-29T19:00", "2026-11-29T20:00")
        try:
            return str(move(deps, people[number], mine[number], *times, attempt=InProcess(if_match=1)).status)
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(CLIENTS) as clients:
        ended = Counter(clients.map(one, range(CLIENTS)))
    deps.database.close()

    assert ended == {"200": 1, "slot_taken": CLIENTS - 1}
    assert len(active(look)) == CLIENTS


def test_too_close_to_the_start_only_the_counter_moves(deps, house, frozen_clock):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], "2026-11-23T19:00", "2026-11-23T20:00")
    frozen_clock.set(at("2026-11-23T17:30"))

    assert move(deps, who, booking, *EVENING).content["code"] == "too_late_to_move"
    assert move(deps, counter(), booking, *EVENING).status == 200


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        ("2026-11-26T21:00", "2026-11-26T19:00", "ends_not_after_start"),
        ("2026-11-20T19:00", "2026-11-20T20:00", "in_the_past"),
        ("2026-11-26T17:00", "2026-11-26T19:00", "crosses_regime"),
        ("2126-11-26T19:00", "2126-11-26T20:00", "too_far_ahead"),
    ],
)
def test_where_to_is_judged_like_a_new_wish(deps, house, look, starts, ends, code):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], *EVENING)

    with pytest.raises(AppError) as refused:
        move(deps, who, booking, starts, ends)

    assert refused.value.code == code
    assert active(look) == [(booking["booking_id"], at("2026-11-26T19:00"))]


def test_a_confirmed_booking_does_not_slip_into_a_room_that_needs_approval(deps, house, database):
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET needs_approval = true WHERE code = 'council_pavilion'")
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], *EVENING)

    with pytest.raises(AppError) as refused:
        move(deps, who, booking, *EVENING, house.spaces["council_pavilion"])

    assert refused.value.code == "move_needs_approval"
    assert move(deps, counter(), booking, *EVENING, house.spaces["council_pavilion"]).status == 200


def test_a_move_may_be_split_and_joined_again(deps, house, look):
    who = resident()
    booking = book(deps, who, house.spaces["book_room"], *EVENING)

    split = move(deps, who, booking, "2026-11-26T17:00", "2026-11-26T19:00", split=True).content
    assert [part["price_fen"] for part in split["parts"]] == [0, 3000]
    joined = move(deps, who, split, *EVENING).content

    assert [part["price_fen"] for part in joined["parts"]] == [6000]
    assert look("SELECT count(*) FROM booking_parts") == [(0,)]
