# SPDX-License-Identifier: Apache-2.0
"""A desk's queue: take a number, call the next, note what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag
from psycopg import errors

from venue.deps import Attempt, Deps
from venue.domain.refusals import expect_version
from venue.domain.sittings import sitting_events
from venue.domain.sittings import sitting_refusals as refusals
from venue.domain.sittings import tickets as rules
from venue.domain.sittings.sittings import Session
from venue.domain.sittings.tickets import Ticket
from venue.store.sittings import sessions
from venue.store.sittings import tickets as store
from venue.usecases import on_behalf
from venue.usecases.on_behalf import Who
from venue.usecases.one_act import one_act
from venue.usecases.sittings import sitting_shapes

KEY = (UUID,)
MOST_IN_LINE = 1440  # 24 hours of 60 seats
SERVES = frozenset({"venue.operate", "venue.counter"})


def take_ticket(
    deps: Deps,
    actor: Actor,
    session_id: UUID,
    hour_no: int,
    on_behalf_of: Mapping[str, Any] | None,
    attempt: Attempt,
) -> Reply:
    """Take a seat of an hour for oneself, or at the counter for somebody. The database decides who gets the last."""
    who = on_behalf.who(actor, on_behalf_of)

    def act(work: UnitOfWork) -> UUID:
        session = sessions.lock(work, session_id, share=True)
        if session is None:
            raise refusals.unknown_session()
        rules.require_offered(session, hour_no, deps.clock.now())
        ticket = _take(deps, work, session, hour_no, who)
        work.outbox.add(sitting_events.ticket_taken(ticket, session.desk_code or ""))
        work.audit("ticket.taken", "ticket", ticket.ticket_id, {"channel": who.channel}, attempt.request_id)
        return ticket.ticket_id

    return _answer(deps, actor, attempt, "take_ticket", act, 201)


def call_next(deps: Deps, actor: Actor, session_id: UUID, attempt: Attempt) -> Reply:
    """Call the next number of a session."""

    def act(work: UnitOfWork) -> UUID:
        now = deps.clock.now()
        session = sessions.lock(work, session_id, share=True)
        if session is None:
            raise refusals.unknown_session()
        rules.require_calling(session, now)
        ticket = store.next_waiting(work, session_id)
        if ticket is None:
            raise refusals.nobody_waits()
        store.save(work, rules.call(ticket, now))
        work.audit("ticket.called", "ticket", ticket.ticket_id, request_id=attempt.request_id)
        return ticket.ticket_id

    return _answer(deps, actor, attempt, "call_next", act, 200)


def close_ticket(deps: Deps, actor: Actor, ticket_id: UUID, outcome: str, attempt: Attempt) -> Reply:
    """Note that a called number was served, or that nobody came."""

    def rule(work: UnitOfWork, ticket: Ticket) -> Ticket:
        row = sessions.one(work.connection, work.division, ticket.session_id)
        assert row is not None  # a ticket's foreign key
        changed = rules.close(ticket, sessions.as_session(row), outcome, deps.clock.now())
        if outcome == "served":
            work.outbox.add(sitting_events.ticket_served(changed, row["desk_code"]))
        return changed

    return _change(deps, actor, ticket_id, attempt, "close_ticket", rule)


def leave_queue(deps: Deps, actor: Actor, ticket_id: UUID, attempt: Attempt) -> Reply:
    """Give one's seat back, or at the counter anybody's."""

    def rule(_work: UnitOfWork, ticket: Ticket) -> Ticket:
        if not _may_see(actor, ticket.person_id):
            raise refusals.unknown_ticket()
        return rules.leave(ticket, deps.clock.now())

    return _change(deps, actor, ticket_id, attempt, "leave_queue", rule)


def get_ticket(deps: Deps, actor: Actor, ticket_id: UUID, language: str) -> dict[str, Any]:
    """One ticket; a resident finds only their own."""
    with deps.database.read(actor) as connection:
        row = store.one(connection, actor.division, ticket_id)
    if row is None or not _may_see(actor, row["person_id"]):
        raise refusals.unknown_ticket()
    return sitting_shapes.ticket(row, actor, language)


def my_tickets(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """The caller's own tickets, newest first."""
    person_id = on_behalf.person(actor)
    with deps.database.read(actor) as connection:
        rows = store.of_person(connection, actor.division, person_id, page)
    shown, cursor = page.cut(rows, lambda row: (row["id"],))
    return {"items": [sitting_shapes.ticket(row, actor, language) for row in shown], "next_cursor": cursor}


def queue(deps: Deps, actor: Actor, session_id: UUID, language: str) -> dict[str, Any]:
    """A session's numbers in the order in which they are called."""
    with deps.database.read(actor) as connection:
        if sessions.one(connection, actor.division, session_id) is None:
            raise refusals.unknown_session()
        rows = store.queue(connection, actor.division, session_id, MOST_IN_LINE)
    return {"items": [sitting_shapes.ticket(row, actor, language) for row in rows]}


def _take(deps: Deps, work: UnitOfWork, session: Session, hour_no: int, who: Who) -> Ticket:
    now = deps.clock.now()
    ticket = Ticket(uuid7(), 1, session.session_id, hour_no, 0, who.person_id, who.channel, "waiting", now)
    row = {
        "id": ticket.ticket_id,
        "session_id": ticket.session_id,
        "capacity": session.capacity_per_hour,
        "hour_no": hour_no,
        "person_id": who.person_id,
        "taken_by": work.actor.subject,
        "channel": who.channel,
        "reason": who.reason,
        "taken_at": now,
    }
    try:
        seat_no = store.take_seat(work, row, rules.seats_of(session, hour_no))
    except errors.UniqueViolation as error:
        if error.diag.constraint_name != "uq_tickets_person":
            raise
        raise refusals.already_in_line() from error
    if seat_no is None:
        raise refusals.hour_full()
    return ticket


def _may_see(actor: Actor, person_id: UUID) -> bool:
    return not SERVES.isdisjoint(actor.permissions) or str(person_id) == actor.subject


def _change(
    deps: Deps,
    actor: Actor,
    ticket_id: UUID,
    attempt: Attempt,
    operation: str,
    rule: Callable[[UnitOfWork, Ticket], Ticket],
) -> Reply:
    def act(work: UnitOfWork) -> UUID:
        ticket = store.lock(work, ticket_id)
        if ticket is None:
            raise refusals.unknown_ticket()
        expect_version(ticket.version, attempt.if_match)
        changed = rule(work, ticket)
        store.save(work, changed)
        work.audit(f"ticket.{changed.state}", "ticket", ticket_id, request_id=attempt.request_id)
        return ticket_id

    return _answer(deps, actor, attempt, operation, act, 200)


def _answer(
    deps: Deps, actor: Actor, attempt: Attempt, operation: str, act: Callable[[UnitOfWork], UUID], status: int
) -> Reply:
    def told(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        row = store.one(work.connection, work.division, act(work))
        assert row is not None  # just stored
        return sitting_shapes.ticket(row, actor, attempt.language), etag(row["version"])

    return one_act(deps, actor, attempt, operation, told, status)
