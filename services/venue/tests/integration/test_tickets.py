# SPDX-License-Identifier: Apache-2.0
"""Numbers at a desk: the database knows how many seats an hour has, and who stands in line already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from chassis.auth import Actor
from chassis.db import uuid7
from chassis.errors import AppError, Conflict, Forbidden, NotFound, Unprocessable
from chassis.pagination import Page
from chassis.testing.tokens import WUFUQIAO
from psycopg import errors
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.store.sittings import tickets as store
from venue.usecases.sittings import see_sessions, sittings, tickets

from ..conftest import NEIGHBOUR, at, counter, keyed, operator, resident
from .sitting_house import desk, open_tea, take

CLIENTS, SEATS = 64, 6


@pytest.fixture
def crowd(config, frozen_clock) -> Iterator[Deps]:
    """Dependencies with a connection for each client."""
    made = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    yield made
    made.database.close()


def race(deps: Deps, session: UUID, who: Callable[[], Actor] = resident) -> Counter:
    """Let 64 clients ask for the first hour at once; count how it ended for them."""
    barrier = Barrier(CLIENTS)

    def ask(_number: int) -> str:
        person = who()
        barrier.wait()
        try:
            tickets.take_ticket(deps, person, session, 0, None, keyed())
        except AppError as refusal:
            return refusal.code
        except Exception as error:
            return type(getattr(error, "orig", error)).__name__
        return "answered"

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(clients.map(ask, range(CLIENTS)))


def free(deps: Deps) -> list[int]:
    """How many seats the public sees free in each hour of the only session."""
    shown = see_sessions.public_desks(deps, WUFUQIAO, "zh")["items"]
    (session,) = next(one["sessions"] for one in shown if one["desk"] == "elder_insurance")
    return [hour["free"] for hour in session["hours"]]


def test_of_sixty_four_people_exactly_as_many_get_a_number_as_there_are_seats(crowd, house, look):
    session = desk(crowd, house, SEATS)

    assert race(crowd, session) == {"answered": CLIENTS}

    assert look("SELECT count(*), count(DISTINCT seat_no), max(seat_no) FROM tickets") == [(SEATS, SEATS, SEATS)]
    assert look("SELECT status, count(*) FROM idempotency GROUP BY 1 ORDER BY 1") == [
        (201, SEATS),
        (409, CLIENTS - SEATS),
    ]
    assert free(crowd)[0] == 0


def test_control_without_the_index_nobody_gets_a_number_at_all(crowd, house, database, look):
    session = desk(crowd, house, SEATS)
    with database.superuser() as everything:
        everything.execute("DROP INDEX uq_tickets_seat")

    assert race(crowd, session) == {"InvalidColumnReference": CLIENTS}
    assert look("SELECT count(*) FROM tickets") == [(0,)]


def test_control_looking_first_and_inserting_then_sells_seats_twice(crowd, house, database, look, monkeypatch):
    session = desk(crowd, house, SEATS)
    with database.superuser() as everything:
        everything.execute("DROP INDEX uq_tickets_seat")
        everything.execute("ALTER TABLE published_seats DROP CONSTRAINT pk_published_seats")
    monkeypatch.setattr(store, "_TAKE", re.sub(r"ON CONFLICT.*?DO NOTHING", "", store._TAKE))

    race(crowd, session)

    assert look("SELECT count(*) FROM tickets")[0][0] > SEATS, "the control run must see seats sold twice"


def test_the_seat_after_the_last_is_refused_by_the_database_itself(deps, house, database):
    take(deps, resident(), desk(deps, house, 1))

    for wrong in ("seat_no = 2", "seat_no = 2, capacity_per_hour = 9", "seat_no = 0"):
        with database.superuser() as everything, pytest.raises((errors.CheckViolation, errors.ForeignKeyViolation)):
            everything.execute(f"UPDATE tickets SET {wrong}")


def test_one_person_stands_in_line_once_even_when_asking_sixty_four_times(crowd, house, look):
    session, who = desk(crowd, house, 60), resident()

    assert race(crowd, session, lambda: who) == {"answered": CLIENTS}

    assert look("SELECT count(*) FROM tickets") == [(1,)]
    assert look("SELECT count(*) FROM published_seats") == [(1,)]


def test_a_ticket_says_the_number_the_hour_who_is_before_and_what_to_bring(deps, house):
    session = desk(deps, house)
    for _ in range(2):
        take(deps, resident(), session)

    mine = take(deps, resident(), session)

    assert (mine["number"], mine["people_before"], mine["state"]) == ("09-03", 2, "waiting")
    assert (mine["starts_at"], mine["ends_at"]) == ("2026-11-25T09:00:00+08:00", "2026-11-25T10:00:00+08:00")
    assert mine["desk_name"] == "老年社保" and "本人身份证" in mine["what_to_bring"]
    assert mine["referral"] == "只咨询和转介，不收存材料" and "person_id" not in mine


def test_a_full_hour_is_refused_and_another_hour_is_not(deps, house):
    session = desk(deps, house, 1)
    take(deps, resident(), session)

    with pytest.raises(Conflict, match="hour_full"):
        take(deps, resident(), session)
    assert take(deps, resident(), session, 1)["number"] == "10-01"
    last = take(deps, resident(), session, 2)
    assert (last["starts_at"][11:16], last["ends_at"][11:16]) == ("11:00", "11:30")
    assert free(deps) == [0, 0, 0]


def test_half_an_hour_at_the_end_has_half_the_seats(deps, house):
    session = desk(deps, house, 4)
    assert free(deps) == [4, 4, 2]
    for _ in range(2):
        take(deps, resident(), session, 2)

    with pytest.raises(Conflict, match="hour_full"):
        take(deps, resident(), session, 2)
    assert free(deps) == [4, 4, 0]


def test_of_an_hour_that_is_over_no_seat_is_free(deps, house, frozen_clock):
    desk(deps, house, 4)
    frozen_clock.set(at("2026-11-25T10:30"))

    assert free(deps) == [0, 4, 2]


def test_a_seat_given_back_goes_to_who_comes_next(deps, house):
    session, who = desk(deps, house, 1), resident()
    mine = take(deps, who, session)

    left = tickets.leave_queue(deps, who, UUID(mine["ticket_id"]), InProcess(if_match=1)).content

    assert (left["state"], left["can_leave"], free(deps)[0]) == ("left", False, 1)
    assert take(deps, resident(), session)["number"] == "09-01"
    with pytest.raises(Conflict, match="hour_full"):
        take(deps, who, session)


def test_a_second_number_for_the_same_session_is_refused_until_the_first_is_given_back(deps, house):
    session, who = desk(deps, house), resident()
    mine = take(deps, who, session)
    with pytest.raises(Conflict, match="already_in_line"):
        take(deps, who, session, 1)

    tickets.leave_queue(deps, who, UUID(mine["ticket_id"]), InProcess())

    assert take(deps, who, session, 1)["number"] == "10-01"


def test_numbers_are_called_in_order_and_two_counters_never_get_the_same(crowd, house, frozen_clock):
    session = desk(crowd, house, SEATS)
    for hour_no in (1, 0, 0, 1):
        take(crowd, resident(), session, hour_no)
    frozen_clock.set(at("2026-11-25T08:45"))

    with ThreadPoolExecutor(4) as counters:
        called = list(
            counters.map(lambda _: tickets.call_next(crowd, operator(), session, keyed()).content["number"], range(4))
        )

    assert sorted(called) == ["09-01", "09-02", "10-01", "10-02"]
    with pytest.raises(Conflict, match="nobody_waits"):
        tickets.call_next(crowd, operator(), session, InProcess())


def test_nobody_is_called_before_the_desk_is_about_to_open(deps, house):
    session = desk(deps, house)
    take(deps, resident(), session)

    with pytest.raises(Conflict, match="session_not_started"):
        tickets.call_next(deps, operator(), session, InProcess())


def test_what_was_called_is_served_or_not_taken_up_and_nothing_else(deps, house, frozen_clock, look):
    session = desk(deps, house)
    waiting = take(deps, resident(), session)
    take(deps, resident(), session)
    with pytest.raises(Conflict, match="ticket_state"):
        tickets.close_ticket(deps, operator(), UUID(waiting["ticket_id"]), "served", InProcess())
    frozen_clock.set(at("2026-11-25T09:05"))

    outcomes = []
    for outcome in ("served", "not_came"):
        called = tickets.call_next(deps, operator(), session, InProcess()).content
        closed = tickets.close_ticket(deps, operator(), UUID(called["ticket_id"]), outcome, InProcess(if_match=2))
        outcomes.append(closed.content["state"])

    assert outcomes == ["served", "not_came"]
    told = [row[0] for row in look("SELECT type FROM outbox ORDER BY id")]
    assert told.count("linli.venue.ticket.served.v1") == 1 and told.count("linli.venue.ticket.taken.v1") == 2
    assert [one["state"] for one in tickets.queue(deps, counter(), session, "zh")["items"]] == outcomes


def test_who_comes_late_after_all_is_served_until_noon_of_the_next_day(deps, house, frozen_clock, look):
    session = desk(deps, house)
    for _ in range(2):
        take(deps, resident(), session)
    frozen_clock.set(at("2026-11-25T09:05"))
    called = [UUID(tickets.call_next(deps, operator(), session, InProcess()).content["ticket_id"]) for _ in range(2)]
    for ticket in called:
        tickets.close_ticket(deps, operator(), ticket, "not_came", InProcess())

    late = tickets.close_ticket(deps, operator(), called[0], "served", InProcess()).content

    assert late["state"] == "served"
    assert look("SELECT count(*) FROM outbox WHERE type = 'linli.venue.ticket.served.v1'") == [(1,)]
    with pytest.raises(Conflict, match="ticket_state"):  # what was told of is not taken back
        tickets.close_ticket(deps, operator(), called[0], "not_came", InProcess())
    frozen_clock.set(at("2026-11-26T12:00"))
    with pytest.raises(Conflict, match="ticket_state"):
        tickets.close_ticket(deps, operator(), called[1], "served", InProcess())


def test_who_was_served_may_come_again(deps, house, frozen_clock):
    session, who = desk(deps, house), resident()
    take(deps, who, session)
    frozen_clock.set(at("2026-11-25T09:05"))
    called = tickets.call_next(deps, operator(), session, InProcess()).content
    tickets.close_ticket(deps, operator(), UUID(called["ticket_id"]), "served", InProcess())

    assert take(deps, who, session, 1)["people_before"] == 0


def test_an_hour_that_is_over_and_one_there_is_not_are_refused(deps, house, frozen_clock):
    session = desk(deps, house)
    frozen_clock.set(at("2026-11-25T10:00"))

    for hour_no in (0, 3):
        with pytest.raises(Unprocessable):
            take(deps, resident(), session, hour_no)


def test_tickets_end_with_the_session_they_are_for(deps, house):
    session, who = desk(deps, house), resident()
    take(deps, who, session)

    sittings.cancel_session(deps, counter(), session, "当天放假", InProcess(if_match=1))

    assert tickets.my_tickets(deps, who, Page.parse(None), "zh")["items"][0]["state"] == "cancelled"
    with pytest.raises(Conflict, match="session_state"):
        take(deps, resident(), session)


def test_the_counter_takes_a_number_for_somebody_who_then_sees_it(deps, house):
    who = resident()

    taken = take(deps, counter(), desk(deps, house), behalf=UUID(who.subject))

    assert taken["person_id"] == who.subject
    assert tickets.get_ticket(deps, who, UUID(taken["ticket_id"]), "zh")["number"] == "09-01"
    with pytest.raises(Forbidden):
        take(deps, counter(), UUID(taken["session_id"]))


def test_somebody_elses_ticket_looks_like_none_at_all(deps, house):
    taken = take(deps, resident(), desk(deps, house))

    for who in (resident(), counter(NEIGHBOUR)):
        with pytest.raises(NotFound):
            tickets.get_ticket(deps, who, UUID(taken["ticket_id"]), "zh")
        with pytest.raises(NotFound):
            tickets.leave_queue(deps, who, UUID(taken["ticket_id"]), InProcess())


def test_a_sitting_has_no_numbers_to_take(deps, house):
    with pytest.raises(Conflict, match="wrong_kind"):
        take(deps, resident(), open_tea(deps, house))


def test_the_operator_never_learns_whose_number_it_is(deps, house):
    session, who = desk(deps, house), resident()
    take(deps, who, session)

    assert who.subject not in str(tickets.queue(deps, operator(), session, "zh"))
    assert who.subject not in str(see_sessions.public_desks(deps, WUFUQIAO, "zh")) + str(uuid7())
