# SPDX-License-Identifier: Apache-2.0
"""A place in a desk's queue: one seat of one hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from venue.domain.sittings import sitting_refusals as refusals
from venue.domain.sittings.sittings import HOUR, Session, require_kind

CALLS_OPEN = timedelta(minutes=30)
CALLS_CLOSE = timedelta(minutes=30)  # a desk serves who still waits when its time is over
LIVE = ("waiting", "called")


@dataclass(frozen=True)
class Ticket:
    """A ticket as it stands; whoever holds it is known by id alone."""

    ticket_id: UUID
    version: int
    session_id: UUID
    hour_no: int
    seat_no: int
    person_id: UUID
    channel: str
    state: str
    taken_at: datetime
    called_at: datetime | None = None
    ended_at: datetime | None = None


def number(starts_at: datetime, seat_no: int) -> str:
    """Write what is called out: the hour and the seat, such as 10-03. ``starts_at`` is the hour's local start."""
    return f"{starts_at:%H}-{seat_no:02d}"


def offered_hours(session: Session, now: datetime) -> Sequence[int]:
    """Return the hours of a session in which one may still take a ticket."""
    if session.state != "planned":
        return []
    ends = [min(start + HOUR, session.ends_at) for start in session.hour_starts]
    return [hour_no for hour_no, end in enumerate(ends) if now < end]


def seats_of(session: Session, hour_no: int) -> int:
    """How many seats an hour has; the last of a session may be shorter, and has fewer in proportion, at least one."""
    assert session.capacity_per_hour is not None  # of a desk always
    starts_at = session.starts_at + HOUR * hour_no
    return max(1, int(session.capacity_per_hour * ((min(starts_at + HOUR, session.ends_at) - starts_at) / HOUR)))


def require_offered(session: Session, hour_no: int, now: datetime) -> None:
    """Refuse a ticket for an hour that is over, that there is not, or of a session that does not take place."""
    require_kind(session, "desk")
    if session.state != "planned":
        raise refusals.session_state(session.state)
    if hour_no not in offered_hours(session, now):
        raise refusals.no_such_hour()


def require_calling(session: Session, now: datetime) -> None:
    """Refuse to call anybody before the desk is about to open, after it has closed, or where it has no room."""
    require_kind(session, "desk")
    if session.state != "planned":
        raise refusals.session_state(session.state)
    if now < session.starts_at - CALLS_OPEN:
        raise refusals.session_not_started()
    if now >= session.ends_at + CALLS_CLOSE:
        raise refusals.session_over()


def call(ticket: Ticket, now: datetime) -> Ticket:
    """Call its number."""
    return replace(ticket, version=ticket.version + 1, state="called", called_at=now)


def close(ticket: Ticket, session: Session, outcome: str, now: datetime) -> Ticket:
    """Note that it was served or not taken up; only what was called can be either. Who comes late may be served."""
    came_late = ticket.state == "not_came" and outcome == "served" and now < session.deadline
    if ticket.state != "called" and not came_late:
        raise refusals.ticket_state(ticket.state)
    return _ended(ticket, outcome, now)


def leave(ticket: Ticket, now: datetime) -> Ticket:
    """Give the seat back to whoever comes next."""
    if ticket.state not in LIVE:
        raise refusals.ticket_state(ticket.state)
    return _ended(ticket, "left", now)


def lapse_times(session: Session) -> tuple[datetime, datetime]:
    """Return when numbers end that were never called, and when those of which nobody noted the outcome."""
    return session.ends_at + CALLS_CLOSE, session.deadline


def has_lapsed(ticket: Ticket, session: Session, now: datetime) -> bool:
    """Tell whether a live ticket of a session is over."""
    uncalled, unnoted = lapse_times(session)
    return now >= (uncalled if ticket.state == "waiting" else unnoted)


def whereabouts(session: Session) -> tuple[object, ...]:
    """What a holder must know to come at the right time to the right room."""
    return session.state, session.space_id, session.starts_at, session.ends_at


def hour_of(ticket: Ticket, session: Session) -> tuple[datetime, datetime]:
    """Return the hour of the ticket's seat."""
    starts_at = session.starts_at + HOUR * ticket.hour_no
    return starts_at, min(starts_at + HOUR, session.ends_at)


def told(ticket: Ticket) -> Ticket:
    """Let a number have news: what was seen of it before is no longer all there is to know."""
    return replace(ticket, version=ticket.version + 1)


def cancel(ticket: Ticket, now: datetime) -> Ticket:
    """End a number whose session does not take place."""
    return _ended(ticket, "cancelled", now)


def lapse(ticket: Ticket, now: datetime) -> Ticket:
    """End a number with its session."""
    return _ended(ticket, "lapsed", now)


def _ended(ticket: Ticket, state: str, now: datetime) -> Ticket:
    return replace(ticket, version=ticket.version + 1, state=state, ended_at=now)
