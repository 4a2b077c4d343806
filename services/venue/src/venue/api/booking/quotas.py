# SPDX-License-Identifier: Apache-2.0
"""How much anybody may book in a period."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from venue.usecases.booking import quotas
from venue.usecases.booking.quotas import SetQuota


def list_quotas(call: Call, venue_id: str) -> dict[str, Any]:
    """The limits of a venue."""
    return quotas.list_quotas(call.deps, call.actor, UUID(venue_id))


def set_quota(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Set a limit."""
    command = SetQuota(
        subject=body["subject"],
        period=body["period"],
        count_limit=body.get("count_limit"),
        minutes_limit=body.get("minutes_limit"),
        regime=body.get("regime"),
        valid_from=_day(body.get("valid_from")),
        valid_until=_day(body.get("valid_until")),
    )
    return quotas.set_quota(call.deps, call.actor, UUID(venue_id), command, call)


def end_quota(call: Call, quota_id: str, body: dict[str, Any]) -> Reply:
    """Let a limit hold no longer."""
    return quotas.end_quota(call.deps, call.actor, UUID(quota_id), _day(body.get("until")), call)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
