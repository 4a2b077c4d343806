# SPDX-License-Identifier: Apache-2.0
"""Visits at the door."""

from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from engagement.usecases import reading, visits


def list_visits(
    call: Call,
    person_id: str | None = None,
    household_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """List the community's visits."""
    person, household = (UUID(one) if one else None for one in (person_id, household_id))
    return reading.list_visits(call.deps, call, person, household, cursor, limit)


def record_visit(call: Call, body: dict[str, Any]) -> Reply:
    """Record a visit and the need heard there."""
    return visits.record_visit(call.deps, call, body)
