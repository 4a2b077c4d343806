# SPDX-License-Identifier: Apache-2.0
"""What happens to a number that neither its holder nor the desk did: each holder is told of it by an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from chassis.db import UnitOfWork
from chassis.events import Event

from venue.deps import Deps
from venue.domain.sittings import sitting_events
from venue.domain.sittings import tickets as rules
from venue.domain.sittings.sittings import Session
from venue.domain.sittings.tickets import Ticket
from venue.store import due
from venue.store.sittings import sessions, tickets

ALARM = "tickets"


def set_alarm(work: UnitOfWork, session: Session) -> None:
    """Have a desk session's numbers looked after once it is over."""
    for at in rules.lapse_times(session):
        due.set_alarm(work, ALARM, at)


def lapse_tickets(_deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """End the numbers of sessions that are over."""
    over = {one.session_id: one for one in sessions.with_live_tickets(work, now - rules.CALLS_CLOSE)}
    live = tickets.lock_live(work, list(over)) if over else []
    lapsed = [rules.lapse(one, now) for one in live if rules.has_lapsed(one, over[one.session_id], now)]
    tickets.save_all(work, lapsed)
    for session_id, session in over.items():
        of_it = [one for one in lapsed if one.session_id == session_id]
        _tell(work, sitting_events.ticket_lapsed, session, of_it, "ticket.lapsed")


def cancel(work: UnitOfWork, session: Session, now: datetime) -> int:
    """End the live numbers of a session that will not take place; tell how many. The session is locked."""
    ended = [rules.cancel(one, now) for one in tickets.lock_live(work, [session.session_id])]
    tickets.save_all(work, ended)
    _tell(work, sitting_events.ticket_cancelled, session, ended, "ticket.cancelled")
    return len(ended)


def session_changed(work: UnitOfWork, before: Session, after: Session) -> None:
    """Tell who has a number that the desk lost its room, or where and when it is now. The session is locked."""
    if after.state == "unplaced":
        happened, action = sitting_events.ticket_displaced, "ticket.displaced"
        changed = before.state != "unplaced"
    else:
        happened, action = sitting_events.ticket_moved, "ticket.moved"
        changed = rules.whereabouts(before) != rules.whereabouts(after)
    if changed and after.kind == "desk":
        told = [rules.told(one) for one in tickets.lock_live(work, [after.session_id])]
        tickets.save_all(work, told)
        _tell(work, happened, after, told, action)


def _tell(
    work: UnitOfWork,
    happened: Callable[[Ticket, Session], Event],
    session: Session,
    to_whom: Sequence[Ticket],
    action: str,
) -> None:
    for one in to_whom:
        work.outbox.add(happened(one, session))
        work.audit(action, "ticket", one.ticket_id)
