# SPDX-License-Identifier: Apache-2.0
"""Marks of bookings nobody came to, appeals, and who may come late."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply
from chassis.pagination import Page

from venue.store.presence.marks import MarkFilter
from venue.usecases.presence import exemptions, marks


def list_my_marks(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """The caller's own marks."""
    return marks.my_marks(call.deps, call.actor, Page.parse(cursor, limit, marks.KEY), call.language)


def list_marks(
    call: Call, limit: int = 50, cursor: str | None = None, state: str | None = None, person_id: str | None = None
) -> dict[str, Any]:
    """Marks and appeals, for the counter."""
    wanted = MarkFilter(person_id=UUID(person_id) if person_id else None, state=state)
    return marks.all_marks(call.deps, call.actor, wanted, Page.parse(cursor, limit, marks.KEY), call.language)


def appeal_mark(call: Call, mark_id: str, body: dict[str, Any]) -> Reply:
    """It was not the caller's fault."""
    return marks.appeal(call.deps, call.actor, UUID(mark_id), body["text"], call)


def decide_appeal(call: Call, mark_id: str, body: dict[str, Any]) -> Reply:
    """Answer an appeal."""
    return marks.decide(call.deps, call.actor, UUID(mark_id), body["outcome"], body["reason"], call)


def excuse_mark(call: Call, mark_id: str, body: dict[str, Any]) -> Reply:
    """Take a mark away."""
    return marks.excuse(call.deps, call.actor, UUID(mark_id), body["reason"], call)


def list_exemptions(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """Who may come late."""
    return exemptions.all_exemptions(call.deps, call.actor, Page.parse(cursor, limit, exemptions.KEY))


def grant_exemption(call: Call, body: dict[str, Any]) -> Reply:
    """Let somebody come late."""
    until = date.fromisoformat(body["until_on"])
    return exemptions.grant(call.deps, call.actor, UUID(body["person_id"]), body["reason"], until, call)


def end_exemption(call: Call, exemption_id: str) -> Reply:
    """No longer."""
    return exemptions.end(call.deps, call.actor, UUID(exemption_id), call)
