# SPDX-License-Identifier: Apache-2.0
"""Requests compete and hold nothing; the database decides whose approval comes first, and the others learn it."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from chassis.errors import AppError
from chassis.pagination import Page
from venue import bootstrap
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.usecases.booking import approving
from venue.usecases.due import look_after

from ..conftest import at, book, counter, keyed, resident

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
RIVALS = 8


@pytest.fixture
def pavilion(house, database) -> UUID:
    """A room that is given by approval alone."""
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET needs_approval = true WHERE code = 'council_pavilion'")
    return house.spaces["council_pavilion"]


def approve(deps, booking, attempt=None):
    return approving.approve_booking(deps, counter(), UUID(booking["booking_id"]), attempt or keyed(if_match=1))


def states(look):
    return Counter(state for (state,) in look("SELECT state FROM bookings"))


def race(config, clock, requests) -> Counter[str]:
    """Approve all requests at the same moment; count how each ended."""
    deps = bootstrap.build(replace(config, pool_size=RIVALS), clock=clock)
    barrier = Barrier(len(requests))

    def one(request) -> str:
        barrier.wait()
        try:
            return str(approve(deps, request, InProcess(if_match=1)).status)
        except AppError as error:
            return error.code

    with ThreadPoolExecutor(len(requests)) as clients:
        ended = Counter(clients.map(one, requests))
    deps.database.close()
    return ended


def test_a_request_holds_nothing_and_others_may_ask_for_the_same_time(deps, pavilion, look):
    first, second = (book(deps, resident(), pavilion, *EVENING) for _ in range(2))

    assert {first["state"], second["state"]} == {"requested"} and first["needs_approval"]
    assert look("SELECT count(*) FROM occupancies") == [(0,)]
    assert look("SELECT DISTINCT type FROM outbox") == [("linli.venue.booking.requested.v1",)]


def test_a_request_for_what_is_taken_is_turned_away_with_what_else_there_is(deps, pavilion, house, look):
    book(deps, counter(), pavilion, *EVENING, behalf=uuid4())

    with pytest.raises(AppError) as refused:
        book(deps, resident(), pavilion, *EVENING)

    assert refused.value.code == "slot_taken"
    assert len(refused.value.extra["alternatives"]) == 3
    assert states(look) == {"confirmed": 1}


def test_the_first_approved_has_the_room_and_the_other_stays_a_request_with_alternatives(deps, pavilion, look):
    first, second = (book(deps, resident(), pavilion, *EVENING) for _ in range(2))

    won, lost = approve(deps, first), approve(deps, second)

    assert (won.status, won.content["state"], won.content["version"]) == (200, "confirmed", 2)
    assert (lost.status, lost.content["code"]) == (409, "slot_taken")
    assert len(lost.content["alternatives"]) == 3
    assert states(look) == {"confirmed": 1, "requested": 1}
    assert look("SELECT type FROM outbox ORDER BY id DESC LIMIT 1") == [("linli.venue.booking.confirmed.v1",)]


def test_of_competing_approvals_at_once_exactly_one_wins(config, frozen_clock, deps, pavilion, look):
    requests = [book(deps, resident(), pavilion, *EVENING) for _ in range(RIVALS)]

    ended = race(config, frozen_clock, requests)

    assert ended == {"200": 1, "slot_taken": RIVALS - 1}
    assert states(look) == {"confirmed": 1, "requested": RIVALS - 1}
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]


def test_control_with_the_constraint_neutralised_several_approvals_win(
    config, frozen_clock, deps, pavilion, look, database
):
    requests = [book(deps, resident(), pavilion, *EVENING) for _ in range(RIVALS)]
    with database.superuser() as connection:
        connection.execute("ALTER TABLE occupancies DROP CONSTRAINT ex_occupancies_held_once")
        connection.execute(
            "ALTER TABLE occupancies ADD CONSTRAINT ex_occupancies_held_once"
            " EXCLUDE USING gist (uuid_range(id, id, '[]') WITH &&) WHERE (active)"
        )
        connection.execute("ALTER TABLE published_busy_times DROP CONSTRAINT pk_published_busy_times")

    assert race(config, frozen_clock, requests)["200"] > 1, "the control run must see double bookings"


def test_the_counter_sees_who_competes_and_whether_the_room_is_free(deps, pavilion, house):
    for times in (EVENING, ("2026-11-26T20:00", "2026-11-26T22:00"), ("2026-11-27T19:00", "2026-11-27T20:00")):
        book(deps, resident(), pavilion, *times)
    book(deps, resident(), house.spaces["whole_house"], "2026-11-27T19:30", "2026-11-27T20:30")

    items = approving.list_requests(deps, counter(), Page(None, 50), "zh")["items"]

    assert [(one["rivals"], one["is_free"]) for one in items] == [(1, True), (1, True), (0, False)]
    assert all(UUID(one["person_id"]) for one in items)


def test_a_request_is_declined_with_a_reason_that_no_event_carries(deps, pavilion, look):
    who = resident()
    request = book(deps, who, pavilion, *EVENING)

    answer = approving.decline_booking(
        deps, counter(), UUID(request["booking_id"]), "当晚有社区活动", keyed(if_match=1)
    ).content

    assert (answer["state"], answer["ended_reason"]) == ("declined", "当晚有社区活动")
    ((payload,),) = look("SELECT payload FROM outbox WHERE type = 'linli.venue.booking.declined.v1'")
    assert "社区活动" not in bytes(payload).decode()
    assert approve(deps, request, keyed(if_match=2)).content["code"] == "wrong_state"


def test_staff_at_the_counter_need_no_approval(deps, pavilion):
    assert book(deps, counter(), pavilion, *EVENING, behalf=UUID(int=5))["state"] == "confirmed"


def test_a_request_nobody_decided_lapses_when_its_time_begins(deps, pavilion, look, frozen_clock):
    book(deps, resident(), pavilion, *EVENING)
    frozen_clock.advance(days=3, hours=9)

    look_after(deps, HANDLERS)

    assert states(look) == {"lapsed": 1}


def test_whose_request_nobody_decided_in_time_is_told(deps, pavilion, look, frozen_clock):
    asker = resident()
    request = book(deps, asker, pavilion, *EVENING)
    frozen_clock.set(at(EVENING[0]))

    for _ in range(2):
        look_after(deps, HANDLERS)

    ((payload,),) = look("SELECT payload FROM outbox WHERE type = 'linli.venue.booking.request_lapsed.v1'")
    data = json.loads(bytes(payload))["data"]
    assert (data["booking_id"], data["person_id"]) == (request["booking_id"], asker.subject)
    assert states(look) == {"lapsed": 1}
