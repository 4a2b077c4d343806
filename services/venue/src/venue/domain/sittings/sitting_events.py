# SPDX-License-Identifier: Apache-2.0
"""What sittings and desks tell the others: ids, codes and days; of a topic only the words that are public already."""

from __future__ import annotations

from uuid import UUID

from chassis.events import Event

from venue.domain.sittings.sittings import Session
from venue.domain.sittings.tickets import Ticket, hour_of
from venue.domain.sittings.topics import Topic

HELD = "linli.venue.sitting.held.v1"
MISSED = "linli.venue.sitting.missed.v1"
TOPIC_HANDED_ON = "linli.venue.sitting.topic_handed_on.v1"
TOPIC_DECLINED = "linli.venue.topic.declined.v1"
TICKET_TAKEN = "linli.venue.ticket.taken.v1"
TICKET_SERVED = "linli.venue.ticket.served.v1"
TICKET_LAPSED = "linli.venue.ticket.lapsed.v1"
TICKET_CANCELLED = "linli.venue.ticket.cancelled.v1"
TICKET_DISPLACED = "linli.venue.ticket.displaced.v1"
TICKET_MOVED = "linli.venue.ticket.moved.v1"


def recorded(session: Session) -> Event:
    """A sitting took place, or it was missed: of the office, never of a person."""
    assert session.official is not None  # a sitting always names who sits
    data = {"sitting_id": session.session_id, "space_id": session.space_id, "on": session.on_date}
    if session.state == "missed":
        return Event(MISSED, session.session_id, session.version, {**data, "office": session.official.office})
    by_substitute = session.attendance == "substitute_came" and session.substitute is not None
    office = session.substitute.office if by_substitute and session.substitute else session.official.office
    return Event(HELD, session.session_id, session.version, {**data, "office": office, "by_substitute": by_substitute})


def topic_handed_on(session: Session, topic: Topic, person_id: UUID) -> Event:
    """A question becomes a need of ``person_id``: who raised it, or the officer who takes it on."""
    data = {
        "sitting_id": session.session_id,
        "topic_id": topic.topic_id,
        "person_id": person_id,
        "category": topic.category,
        "title": topic.wording,
    }
    return Event(TOPIC_HANDED_ON, session.session_id, session.version, data)


def topic_declined(topic: Topic) -> Event:
    """A topic will not be published; ``person_id`` is missing where nobody in particular raised it."""
    data = {"topic_id": topic.topic_id, "session_id": topic.session_id, "reason": topic.declined_for}
    raised_by = {"person_id": topic.raised_by} if topic.raised_by else {}
    return Event(TOPIC_DECLINED, topic.topic_id, topic.version, data | raised_by)


def ticket_taken(ticket: Ticket, desk_code: str) -> Event:
    """Somebody took a place in the queue."""
    return Event(
        TICKET_TAKEN,
        ticket.ticket_id,
        ticket.version,
        {
            "ticket_id": ticket.ticket_id,
            "session_id": ticket.session_id,
            "desk": desk_code,
            "person_id": ticket.person_id,
            "channel": ticket.channel,
        },
    )


def ticket_served(ticket: Ticket, desk_code: str) -> Event:
    """The desk has served somebody."""
    data = {"ticket_id": ticket.ticket_id, "session_id": ticket.session_id, "desk": desk_code}
    return Event(TICKET_SERVED, ticket.ticket_id, ticket.version, data)


def ticket_lapsed(ticket: Ticket, session: Session) -> Event:
    """The session is over and nobody noted that it served this number."""
    return _news(TICKET_LAPSED, ticket, session, {"was_called": ticket.called_at is not None})


def ticket_cancelled(ticket: Ticket, session: Session) -> Event:
    """The session does not take place. Why is read in the venue."""
    return _news(TICKET_CANCELLED, ticket, session, {})


def ticket_displaced(ticket: Ticket, session: Session) -> Event:
    """The session has lost its room: a closure took it. The number stands until staff find another or cancel."""
    return _news(TICKET_DISPLACED, ticket, session, {})


def ticket_moved(ticket: Ticket, session: Session) -> Event:
    """The session has a room again, another one, or another time; ``space_id`` and the hour are the new ones."""
    return _news(TICKET_MOVED, ticket, session, {})


def _news(event_type: str, ticket: Ticket, session: Session, more: dict[str, object]) -> Event:
    """What whoever tells the holder needs: whom, which session, where it is and the hour of the number."""
    starts_at, ends_at = hour_of(ticket, session)
    data = {
        "ticket_id": ticket.ticket_id,
        "session_id": session.session_id,
        "desk": session.desk_code,
        "person_id": ticket.person_id,
        "space_id": session.space_id,
        "on": session.on_date,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    return Event(event_type, ticket.ticket_id, ticket.version, data | more)
