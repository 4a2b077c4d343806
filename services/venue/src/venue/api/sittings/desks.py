# SPDX-License-Identifier: Apache-2.0
"""Government desks: what is offered when, and the queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag
from chassis.pagination import Page

from venue.usecases.sittings import see_sessions, tickets


def list_public_desks(call: Call, division: str) -> dict[str, Any]:
    """Public: desks, what to bring, free seats."""
    return see_sessions.public_desks(call.deps, division, call.language)


def take_ticket(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Take a number."""
    behalf = body.get("on_behalf_of")
    return tickets.take_ticket(call.deps, call.actor, UUID(session_id), body["hour_no"], behalf, call)


def list_tickets(call: Call, session_id: str) -> dict[str, Any]:
    """A session's queue."""
    return tickets.queue(call.deps, call.actor, UUID(session_id), call.language)


def list_my_tickets(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """The caller's own numbers."""
    return tickets.my_tickets(call.deps, call.actor, Page.parse(cursor, limit, tickets.KEY), call.language)


def get_ticket(call: Call, ticket_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One number."""
    shape = tickets.get_ticket(call.deps, call.actor, UUID(ticket_id), call.language)
    return shape, 200, etag(shape["version"])


def call_next(call: Call, session_id: str) -> Reply:
    """Call the next number."""
    return tickets.call_next(call.deps, call.actor, UUID(session_id), call)


def close_ticket(call: Call, ticket_id: str, body: dict[str, Any]) -> Reply:
    """Note what came of a number that was called."""
    return tickets.close_ticket(call.deps, call.actor, UUID(ticket_id), body["outcome"], call)


def leave_queue(call: Call, ticket_id: str) -> Reply:
    """Give a seat back."""
    return tickets.leave_queue(call.deps, call.actor, UUID(ticket_id), call)
