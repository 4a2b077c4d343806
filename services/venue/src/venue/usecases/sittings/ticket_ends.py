# SPDX-License-Identifier: Apache-2.0
"""What ends a number besides its holder and the desk: the clock."""

from __future__ import annotations

from datetime import datetime

from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain.sittings import sitting_events
from venue.domain.sittings import tickets as rules
from venue.store import due
from venue.store.sittings import sessions, tickets

ALARM = "tickets"


def set_alarm(work: UnitOfWork, session: rules.Session) -> None:
    """Have a desk session's numbers looked after once it is over."""
    for at in rules.lapse_times(session):
        due.set_alarm(work, ALARM, at)


def lapse_tickets(_deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """End the numbers of sessions that are over; their holders are told, whoever they are."""
    over = {one.session_id: one for one in sessions.with_live_tickets(work, now - rules.CALLS_CLOSE)}
    live = tickets.lock_live(work, list(over)) if over else []
    lapsed = [rules.lapse(one, now) for one in live if rules.has_lapsed(one, over[one.session_id], now)]
    tickets.end_all(work, lapsed)
    for one in lapsed:
        work.outbox.add(sitting_events.ticket_lapsed(one, over[one.session_id]))
        work.audit("ticket.lapsed", "ticket", one.ticket_id)
