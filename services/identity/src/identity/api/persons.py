# SPDX-License-Identifier: Apache-2.0
"""People of the community."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call
from chassis.pagination import Page
from chassis.reply import Reply

from identity.usecases import persons


def list_persons(
    call: Call,
    household: str | None = None,
    q: str | None = None,
    ids: list[str] | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """GET /persons"""
    return persons.list_persons(call.deps, call.actor, Page.parse(cursor, limit, [UUID]), household, q, ids)


def get_person(call: Call, person_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """GET /persons/{person_id}"""
    body, headers = persons.get_person(call.deps, call.actor, person_id, call)
    return body, 200, headers


def create_person(call: Call, body: dict[str, Any]) -> Reply:
    """POST /persons"""
    return persons.create_person(call.deps, call.actor, body, call)


def update_person(call: Call, person_id: str, body: dict[str, Any]) -> Reply:
    """PATCH /persons/{person_id}"""
    return persons.update_person(call.deps, call.actor, person_id, body, call)
