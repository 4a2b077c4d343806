# SPDX-License-Identifier: Apache-2.0
"""The waiting list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply
from chassis.pagination import Page

from venue.domain.waiting.waiting import Wish
from venue.store.waiting.waiting import EntryFilter
from venue.usecases.waiting import waiting
from venue.usecases.waiting.waiting import JoinWaitingList


def join_waiting_list(call: Call, body: dict[str, Any]) -> Reply:
    """Wait for a room."""
    wish = Wish(
        space_id=UUID(body["space_id"]),
        starts_at=datetime.fromisoformat(body["starts_at"]).astimezone(UTC),
        ends_at=datetime.fromisoformat(body["ends_at"]).astimezone(UTC),
        minutes=body["minutes"],
        party_size=body.get("party_size"),
    )
    return waiting.join(call.deps, call.actor, JoinWaitingList(wish, body.get("on_behalf_of")), call)


def leave_waiting_list(call: Call, entry_id: str) -> Reply:
    """Wait no more."""
    return waiting.leave(call.deps, call.actor, UUID(entry_id), call)


def list_my_waiting(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """What the caller waits for."""
    return waiting.my_entries(call.deps, call.actor, Page.parse(cursor, limit, waiting.KEY), call.language)


def list_waiting(
    call: Call, limit: int = 50, cursor: str | None = None, venue_id: str | None = None, state: str | None = None
) -> dict[str, Any]:
    """Who waits, for the counter."""
    wanted = EntryFilter(venue_id=UUID(venue_id) if venue_id else None, state=state)
    return waiting.all_entries(call.deps, call.actor, wanted, Page.parse(cursor, limit, waiting.KEY), call.language)
