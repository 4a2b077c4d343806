# SPDX-License-Identifier: Apache-2.0
"""Needs and visits as the contract shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from chassis.auth import Actor

from engagement.domain.needs import Need, acts
from engagement.store import need_queries
from engagement.usecases.callers import WORK, person_of

if TYPE_CHECKING:
    from uuid import UUID


def summary(need: Need, row: sa.RowMapping, language: str, today: date) -> dict[str, Any]:
    """Show a need in a list; ``row`` holds its category's names."""
    return {
        "need_id": need.need_id,
        "number": need.number,
        "version": need.version,
        "state": need.state,
        "title": need.title,
        "category": need.category,
        "category_name": row[f"name_{language}"],
        "channel": need.channel,
        "person_id": need.person_id,
        "raised_at": need.raised_at,
        "assignee": need.assignee,
        "due_on": need.due_on,
        "is_overdue": need.is_overdue(today),
    }


def full(connection: sa.Connection, actor: Actor, need_id: UUID, language: str, today: date) -> dict[str, Any] | None:
    """Show a need with its timeline and with what this caller may do; None where the community has no such need."""
    found = need_queries.find_need(connection, actor.division, need_id)
    if found is None:
        return None
    need, row = found
    return {
        **summary(need, row, language, today),
        "detail": need.detail,
        "visit_id": need.visit_id,
        "on_behalf": {"office": need.raised_office, "reason": need.on_behalf_reason} if need.raised_office else None,
        "rating": {"score": need.score, "comment": need.rating_comment} if need.score else None,
        "acts": acts(need, is_staff=WORK in actor.permissions, is_own=person_of(actor) == need.person_id),
        "timeline": [_entry(one) for one in need_queries.timeline(connection, actor.division, need_id)],
    }


def visit(row: Any) -> dict[str, Any]:
    """Show a visit and the need it led to."""
    shown = ("visit_id", "person_id", "household_id", "visited_at", "note", "office", "need_id")
    number = f"N-{row['number_year']}-{row['number_no']:04d}" if row["need_id"] else None
    return {**{name: row[name] for name in shown}, "need_number": number}


def _entry(row: sa.RowMapping) -> dict[str, Any]:
    return {
        "at": row["at"],
        "by": "office" if row["office"] else "resident",
        **{name: row[name] for name in ("office", "kind", "state", "text", "assignee", "due_on", "score")},
    }
