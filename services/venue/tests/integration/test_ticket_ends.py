# SPDX-License-Identifier: Apache-2.0
"""Numbers end with their session: by the clock when the desk has closed, told to whoever may notify their holders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from chassis.errors import AppError, Conflict
from chassis.event_schemas import Schemas
from chassis.pagination import Page
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.sittings import tickets

from ..conftest import CONTRACTS, at, keyed, operator, resident
from .sitting_house import desk, take

LAPSED = "linli.venue.ticket.lapsed.v1"


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
        try:
            return tickets.call_next(crowd, operator(), session, keyed()).content["state"]
        except AppError as refusal:
            return refusal.code

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
