# SPDX-License-Identifier: Apache-2.0
"""Free and busy times."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call

from venue.usecases.booking import see_times


def list_venues(call: Call, division: str) -> dict[str, Any]:
    """Public: the venues of a community."""
    return see_times.public_venues(call.deps, division, call.language)


def get_public_week(call: Call, division: str, space_id: str, from_: str | None = None) -> dict[str, Any]:
    """Public: one room's week."""
    return see_times.public_week(call.deps, division, UUID(space_id), _day(from_), call.language)


def get_availability(call: Call, venue_id: str, days: int = 7, from_: str | None = None) -> dict[str, Any]:
    """Every room's days."""
    return see_times.availability(call.deps, call.actor, UUID(venue_id), _day(from_), days, call.language)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
