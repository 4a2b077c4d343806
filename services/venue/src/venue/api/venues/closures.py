# SPDX-License-Identifier: Apache-2.0
"""Closures as the counter announces them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply
from chassis.pagination import Page

from venue.usecases.venues import closures
from venue.usecases.venues.closures import CloseSpace


def close_space(call: Call, body: dict[str, Any]) -> Reply:
    """Close a space or the whole venue."""
    command = CloseSpace(
        venue_id=UUID(body["venue_id"]),
        space_id=UUID(body["space_id"]) if body.get("space_id") else None,
        starts_at=_written(body["starts_at"]),
        ends_at=_written(body["ends_at"]),
        reason_zh=body["reason_zh"],
        reason_en=body["reason_en"],
        cancel_bookings=body.get("cancel_bookings", False),
    )
    return closures.close_space(call.deps, call.actor, command, call)


def end_closure(call: Call, closure_id: str) -> Reply:
    """Open again before the time."""
    return closures.end_closure(call.deps, call.actor, UUID(closure_id), call)


def list_closures(
    call: Call, venue_id: str, limit: int = 50, cursor: str | None = None, with_past: bool = False
) -> dict[str, Any]:
    """A venue's closures."""
    page = Page.parse(cursor, limit, closures.KEY)
    return closures.list_closures(call.deps, call.actor, UUID(venue_id), page, call.language, with_past=with_past)


def _written(text: str) -> datetime:
    """Keep the offset a time was written with: the rules look at it."""
    return datetime.fromisoformat(text.upper())
