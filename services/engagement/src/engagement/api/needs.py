# SPDX-License-Identifier: Apache-2.0
"""Needs at the door."""

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag

from engagement.store.need_queries import Filters
from engagement.usecases import needs, reading


def raise_need(call: Call, body: dict[str, Any]) -> Reply:
    """Raise one's own need, or somebody's on their behalf."""
    return needs.raise_need(call.deps, call, body)


def list_needs(
    call: Call,
    state: str | None = None,
    category: str | None = None,
    person_id: str | None = None,
    overdue: bool = False,
    q: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """List the community's needs."""
    filters = Filters(
        state=state,
        category=category,
        person_id=UUID(person_id) if person_id else None,
        overdue_on=call.deps.today() if overdue else None,
        q=q,
    )
    return reading.list_needs(call.deps, call, filters, cursor, limit)


def list_my_needs(call: Call, cursor: str | None = None, limit: int | None = None) -> dict[str, Any]:
    """List the caller's own needs."""
    return reading.list_my_needs(call.deps, call, cursor, limit)


def get_need(call: Call, need_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Return one need with its timeline."""
    view = reading.get_need(call.deps, call, UUID(need_id))
    return view, 200, etag(view["version"])


def assign_need(call: Call, need_id: str, body: dict[str, Any]) -> Reply:
    """Pass a need to an office with a promise."""
    due_on = date.fromisoformat(body["due_on"])
    return needs.assign_need(
        call.deps, call, UUID(need_id), body["assignee"].strip(), due_on, body.get("note", "").strip()
    )


def resolve_need(call: Call, need_id: str, body: dict[str, Any]) -> Reply:
    """Say what has been done."""
    return needs.resolve_need(call.deps, call, UUID(need_id), body["note"].strip())


def rate_need(call: Call, need_id: str, body: dict[str, Any]) -> Reply:
    """Rate one's own need."""
    return needs.rate_need(call.deps, call, UUID(need_id), body["score"], body.get("comment"))


def reopen_need(call: Call, need_id: str, body: dict[str, Any]) -> Reply:
    """Say that it is not done."""
    return needs.reopen_need(call.deps, call, UUID(need_id), body["reason"].strip())


def add_remark(call: Call, need_id: str, body: dict[str, Any]) -> Reply:
    """Add a remark."""
    return needs.add_remark(call.deps, call, UUID(need_id), body["text"].strip())
