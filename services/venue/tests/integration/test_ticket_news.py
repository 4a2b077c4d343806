# SPDX-License-Identifier: Apache-2.0
"""What happens to a number that its holder did not do: the desk closed, lost its room, moved, or was cancelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
from chassis.errors import Conflict, PreconditionFailed
from chassis.event_schemas import Schemas
from chassis.pagination import Page
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.sittings import rotas, sittings, tickets
from venue.usecases.venues.closures import CloseSpace, close_space

from ..conftest import CONTRACTS, at, counter, keyed, operator, resident
from .sitting_house import desk, open_tea, take

TICKET = "linli.venue.ticket."
LAPSED, CANCELLED, DISPLACED, MOVED = (f"{TICKET}{what}.v1" for what in ("lapsed", "cancelled", "displaced", "moved"))


def mine(deps, who):
    return [one["state"] for one in tickets.my_tickets(deps, who, Page.parse(None), "zh")["items"]]


def told(look, event_type):
    return [
        json.loads(bytes(row[0]))
        for row in look("SELECT payload FROM outbox ORDER BY id")
        if event_type in bytes(row[0]).decode()
    ]


def call(deps, session):
    return tickets.call_next(deps, operator(), session, InProcess()).content


def by_the_clock(deps, frozen_clock, when):
    frozen_clock.set(at(when))
    look_after(deps, HANDLERS)


def test_a_number_that_was_never_called_ends_half_an_hour_after_the_desk_closed_and_once(
    deps, house, look, frozen_clock
):
    session, who = desk(deps, house), resident()
    take(deps, who, session)

    by_the_clock(deps, frozen_clock, "2026-11-25T11:59")
    assert mine(deps, who) == ["waiting"]
    by_the_clock(deps, frozen_clock, "2026-11-25T12:00")
    look_after(deps, HANDLERS)

    assert mine(deps, who) == ["lapsed"]
    (event,) = told(look, LAPSED)
    assert (event["sequence"], event["data"]["person_id"]) == (2, who.subject)
    assert (event["data"]["on"], event["data"]["was_called"]) == ("2026-11-25", False)
    Schemas(CONTRACTS, [LAPSED]).require_exact(LAPSED, event["data"])
    assert look("SELECT count(*) FROM audit WHERE action = 'ticket.lapsed'") == [(1,)]


def test_who_was_called_may_be_noted_as_served_until_noon_of_the_next_day(deps, house, look, frozen_clock):
    session, first, second = desk(deps, house), resident(), resident()
    for who in (first, second):
        take(deps, who, session)
    frozen_clock.set(at("2026-11-25T11:59"))
    called = call(deps, session)
    call(deps, session)

    by_the_clock(deps, frozen_clock, "2026-11-25T12:30")
    tickets.close_ticket(deps, operator(), UUID(called["ticket_id"]), "served", InProcess())
    by_the_clock(deps, frozen_clock, "2026-11-26T11:59")
    assert (mine(deps, first), mine(deps, second)) == (["served"], ["called"])

    by_the_clock(deps, frozen_clock, "2026-11-26T12:00")

    assert (mine(deps, first), mine(deps, second)) == (["served"], ["lapsed"])
    assert [one["data"]["was_called"] for one in told(look, LAPSED)] == [True]


def test_a_number_that_ended_is_neither_called_nor_given_back_nor_served(deps, house, frozen_clock):
    session, who = desk(deps, house), resident()
    ticket = take(deps, who, session)
    by_the_clock(deps, frozen_clock, "2026-11-25T12:00")

    with pytest.raises(Conflict, match="session_over"):
        call(deps, session)
    with pytest.raises(Conflict, match="ticket_state"):
        tickets.leave_queue(deps, who, UUID(ticket["ticket_id"]), InProcess())
    with pytest.raises(Conflict, match="ticket_state"):
        tickets.close_ticket(deps, operator(), UUID(ticket["ticket_id"]), "served", InProcess())


def test_what_was_served_given_back_or_not_taken_up_stays_as_it_is(deps, house, look, frozen_clock):
    session, people = desk(deps, house), [resident() for _ in range(3)]
    given_back, *_ = [take(deps, who, session) for who in people]
    tickets.leave_queue(deps, people[0], UUID(given_back["ticket_id"]), InProcess())
    frozen_clock.set(at("2026-11-25T09:05"))
    for outcome in ("served", "not_came"):
        tickets.close_ticket(deps, operator(), UUID(call(deps, session)["ticket_id"]), outcome, InProcess())

    by_the_clock(deps, frozen_clock, "2026-11-26T12:00")

    assert [mine(deps, who) for who in people] == [["left"], ["served"], ["not_came"]]
    assert told(look, LAPSED) == []


def shown(deps, who):
    (one,) = tickets.my_tickets(deps, who, Page.parse(None), "zh")["items"]
    return one["state"], one["session_state"], one["session_reason"]


def close(deps, house, space="service_post", day="2026-11-25"):
    command = CloseSpace(
        house.venue_id, house.spaces[space], at(f"{day}T00:00"), at(f"{day}T12:00"), "修水管", "Plumbing", True
    )
    close_space(deps, counter(), command, keyed())


def exact(events, event_type, session, who):
    """Every event is of the type, exactly as its schema says, and names the session and the person."""
    for event in events:
        Schemas(CONTRACTS, [event_type]).require_exact(event_type, event["data"])
        assert (event["data"]["session_id"], event["data"]["person_id"]) == (str(session), who.subject)
    return [event["sequence"] for event in events]


def test_a_closure_that_takes_the_room_is_told_to_who_has_a_number_which_stands(deps, house, look):
    session, who = desk(deps, house), resident()
    ticket = take(deps, who, session)

    close(deps, house)

    assert shown(deps, who) == ("waiting", "unplaced", "closed")
    assert exact(told(look, DISPLACED), DISPLACED, session, who) == [2]
    with pytest.raises(PreconditionFailed):  # what was seen before is not all there is to know
        tickets.leave_queue(deps, who, UUID(ticket["ticket_id"]), InProcess(if_match=1))


def test_a_desk_without_a_room_calls_nobody(deps, house, frozen_clock):
    session = desk(deps, house)
    take(deps, resident(), session)
    close(deps, house)
    frozen_clock.set(at("2026-11-25T09:00"))

    with pytest.raises(Conflict, match="session_state"):
        call(deps, session)


def test_another_room_is_told_with_where_and_when_and_the_same_room_twice_is_no_news(deps, house, look):
    session, who = desk(deps, house), resident()
    take(deps, who, session, 1)
    close(deps, house)
    pavilion = house.spaces["council_pavilion"]

    for _ in range(2):
        sittings.place_session(deps, counter(), session, pavilion, InProcess())

    (moved,) = told(look, MOVED)
    assert exact([moved], MOVED, session, who) == [3]
    assert (moved["data"]["space_id"], moved["data"]["starts_at"]) == (str(pavilion), "2026-11-25T02:00:00+00:00")
    assert shown(deps, who) == ("waiting", "planned", None)


def test_a_cancelled_session_tells_each_of_its_numbers_once_and_nobody_who_had_left(deps, house, look):
    session, who, gone = desk(deps, house), resident(), resident()
    take(deps, who, session)
    left = take(deps, gone, session)
    tickets.leave_queue(deps, gone, UUID(left["ticket_id"]), InProcess())

    sittings.cancel_session(deps, counter(), session, "当天放假", InProcess())

    assert exact(told(look, CANCELLED), CANCELLED, session, who) == [2]
    assert shown(deps, who) == ("cancelled", "cancelled", "当天放假")
    assert "放假" not in str(told(look, CANCELLED))


def test_a_desk_that_closes_in_the_middle_tells_those_who_still_wait(deps, house, look, frozen_clock):
    session, served, waits = desk(deps, house), resident(), resident()
    for who in (served, waits):
        take(deps, who, session)
    frozen_clock.set(at("2026-11-25T10:00"))
    tickets.close_ticket(deps, operator(), UUID(call(deps, session)["ticket_id"]), "served", InProcess())

    sittings.cancel_session(deps, counter(), session, "工作人员急事", InProcess())

    assert (mine(deps, served), mine(deps, waits)) == (["served"], ["cancelled"])
    assert exact(told(look, CANCELLED), CANCELLED, session, waits) == [2]
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(0,)]
    with pytest.raises(Conflict, match="session_state"):
        take(deps, resident(), session, 2)


def test_neither_a_desk_that_is_over_nor_a_sitting_under_way_is_cancelled(deps, house, frozen_clock):
    at_the_desk, sitting = desk(deps, house), open_tea(deps, house)
    frozen_clock.set(at("2026-11-25T15:00"))

    for session in (at_the_desk, sitting):
        with pytest.raises(Conflict, match="session_started"):
            sittings.cancel_session(deps, counter(), session, "x", InProcess())


def test_nobody_keeps_a_number_of_a_session_cancelled_in_the_same_moment(crowd, house, look):
    session, barrier = desk(crowd, house, 20), Barrier(13)

    def ask(_number: int) -> str:
        barrier.wait()
        return tickets.take_ticket(crowd, resident(), session, 0, None, keyed()).content.get("number", "refused")

    def cancel() -> None:
        barrier.wait()
        sittings.cancel_session(crowd, counter(), session, "当天放假", keyed())

    with ThreadPoolExecutor(13) as everybody:
        cancelling = everybody.submit(cancel)
        list(everybody.map(ask, range(12)))
        cancelling.result()

    assert look("SELECT count(*) FROM tickets WHERE state <> 'cancelled'") == [(0,)]
    assert len(told(look, CANCELLED)) == len(told(look, "linli.venue.ticket.taken"))


def test_a_plan_that_ends_cancels_the_numbers_of_what_it_takes_back(deps, house, look):
    session, who = desk(deps, house), resident()
    take(deps, who, session)
    (rota,) = rotas.list_rotas(deps, counter(), "desk", Page.parse(None, 10, (UUID,)), "zh")["items"]

    rotas.end_rota(deps, counter(), UUID(rota["rota_id"]), date(2026, 11, 23), InProcess())

    assert exact(told(look, CANCELLED), CANCELLED, session, who) == [2]
    assert shown(deps, who) == ("cancelled", "cancelled", "rota_ended")


def test_a_number_whose_session_never_got_a_room_again_ends_with_it(deps, house, look, frozen_clock):
    session, who = desk(deps, house), resident()
    take(deps, who, session)
    close(deps, house)

    by_the_clock(deps, frozen_clock, "2026-11-25T12:00")

    assert shown(deps, who) == ("lapsed", "unplaced", "closed")
    assert exact(told(look, LAPSED), LAPSED, session, who) == [3]


def test_a_sitting_that_loses_its_room_has_no_numbers_to_tell_of(deps, house, look):
    open_tea(deps, house, from_minute=10 * 60)

    close(deps, house, "council_pavilion")

    assert told(look, TICKET) == []


@pytest.fixture
def crowd(config, frozen_clock) -> Iterator[Deps]:
    """Dependencies with a connection for each clerk."""
    made = bootstrap.build(replace(config, pool_size=16), clock=frozen_clock)
    yield made
    made.database.close()


def test_sixteen_clerks_who_call_at_once_get_sixteen_different_numbers(crowd, house, look, frozen_clock):
    session, barrier = desk(crowd, house, 20), Barrier(16)
    for _ in range(16):
        take(crowd, resident(), session)
    frozen_clock.set(at("2026-11-25T09:00"))

    def one_clerk(_number: int) -> str:
        barrier.wait()
        return tickets.call_next(crowd, operator(), session, keyed()).content["number"]

    with ThreadPoolExecutor(16) as clerks:
        called = list(clerks.map(one_clerk, range(16)))

    assert sorted(called) == [f"09-{seat:02d}" for seat in range(1, 17)]
    assert look("SELECT count(*) FROM audit WHERE action = 'ticket.called'") == [(16,)]


def test_a_number_called_in_the_moment_in_which_it_ends_is_one_or_the_other(crowd, house, look, frozen_clock):
    session, barrier = desk(crowd, house, 20), Barrier(9)
    for _ in range(8):
        take(crowd, resident(), session)
    frozen_clock.set(at("2026-11-25T11:59"))

    def clerk(_number: int) -> str:
        barrier.wait()
        return tickets.call_next(crowd, operator(), session, keyed()).content.get("state", "refused")

    def clock() -> None:
        barrier.wait()
        with crowd.unit_of_work(operator()) as work:
            HANDLERS["tickets"](crowd, work, at("2026-11-25T12:00"))
            work.commit()

    with ThreadPoolExecutor(9) as everybody:
        ending = everybody.submit(clock)
        answers = list(everybody.map(clerk, range(8)))
        ending.result()

    states = dict(look("SELECT state, count(*) FROM tickets GROUP BY 1"))
    assert states.get("called", 0) == answers.count("called")
    assert states.get("called", 0) + states.get("lapsed", 0) == 8
    assert len(told(look, LAPSED)) == states.get("lapsed", 0)
