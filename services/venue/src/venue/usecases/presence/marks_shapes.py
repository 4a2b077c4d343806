# SPDX-License-Identifier: Apache-2.0
"""What the person and the counter see of marks, pauses and exemptions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.domain.presence.marks import COUNTED
from venue.usecases.booking.shapes import local


def mark(row: Mapping[str, Any], actor: Actor, language: str, now: datetime) -> dict[str, Any]:
    """Shape a mark; only the counter is told whose it is."""
    zone = ZoneInfo(row["tz"])
    appealed_at, decided_at = row["appealed_at"], row["decided_at"]
    shape = {
        "mark_id": str(row["id"]),
        "version": row["version"],
        "state": row["state"],
        "kind": row["kind"],
        "is_counted": row["state"] in COUNTED and row["expires_at"] > now,
        "booking_id": str(row["booking_id"]),
        "space_name": row[f"name_{language}"],
        "starts_at": local(row["starts_at"], zone),
        "ends_at": local(row["ends_at"], zone),
        "given_at": local(row["given_at"], zone),
        "expires_at": local(row["expires_at"], zone),
        "can_appeal": row["state"] == "standing" and row["expires_at"] > now,
        "appeal_text": row["appeal_text"],
        "appealed_at": local(appealed_at, zone) if appealed_at else None,
        "decision_reason": row["decision_reason"],
        "decided_at": local(decided_at, zone) if decided_at else None,
    }
    return shape | {"person_id": str(row["person_id"])} if "venue.counter" in actor.permissions else shape


def pause(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Shape where somebody is paused until when."""
    return {
        "venue_id": str(row["venue_id"]),
        "venue_name": row[f"name_{language}"],
        "paused_until": local(row["paused_until"], ZoneInfo(row["tz"])),
    }


def exemption(row: Mapping[str, Any]) -> dict[str, Any]:
    """Shape an entry of the list of those who may come late."""
    return {
        "exemption_id": str(row["id"]),
        "version": row["version"],
        "person_id": str(row["person_id"]),
        "reason": row["reason"],
        "until_on": row["until_on"].isoformat(),
        "granted_at": row["granted_at"].isoformat(),
        "ended_at": row["ended_at"].isoformat() if row["ended_at"] else None,
    }
