# SPDX-License-Identifier: Apache-2.0
"""Estates, buildings, households."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call
from chassis.pagination import Page
from chassis.reply import Reply

from identity.usecases import places


def list_places(
    call: Call, parent: str | None = None, kind: str | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """GET /places"""
    return places.list_places(call.deps, call.actor, Page.parse(cursor, limit, [UUID]), parent, kind)


def create_place(call: Call, body: dict[str, Any]) -> Reply:
    """POST /places"""
    return places.create_place(call.deps, call.actor, body, call)
