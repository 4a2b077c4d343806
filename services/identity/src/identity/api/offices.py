# SPDX-License-Identifier: Apache-2.0
"""Offices of the community."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call
from chassis.pagination import Page
from chassis.reply import Reply

from identity.usecases import offices


def list_offices(
    call: Call, person: str | None = None, running: bool = True, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """GET /offices"""
    return offices.list_offices(call.deps, call.actor, Page.parse(cursor, limit, [UUID]), person, running)


def assign_office(call: Call, body: dict[str, Any]) -> Reply:
    """POST /offices"""
    return offices.assign_office(call.deps, call.actor, body, call)


def end_office(call: Call, office_id: str, body: dict[str, Any]) -> Reply:
    """POST /offices/{office_id}/ending"""
    return offices.end_office(call.deps, call.actor, office_id, body, call)
