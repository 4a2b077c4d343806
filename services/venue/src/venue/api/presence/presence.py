# SPDX-License-Identifier: Apache-2.0
"""Checking in at the door, from a list and offline; door displays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply
from chassis.pagination import Page

from venue.domain.booking.pick_up_code import normalised
from venue.usecases.presence import attendance, doors, offline_check_ins
from venue.usecases.presence.attendance import Ticked
from venue.usecases.presence.offline_check_ins import Note


def check_in_here(call: Call, body: dict[str, Any]) -> Reply:
    """The caller stands at the door."""
    return attendance.check_in_here(call.deps, call.actor, UUID(body["space_id"]), body["code"], call)


def check_in_many(call: Call, body: dict[str, Any]) -> Reply:
    """Whoever was ticked off came."""
    ticked = [Ticked(UUID(one["booking_id"]), one["version"]) for one in body["bookings"]]
    return attendance.check_in_many(call.deps, call.actor, ticked, call)


def send_offline_check_ins(call: Call, body: dict[str, Any]) -> Reply:
    """What a device noted while the network was away."""
    return offline_check_ins.apply(call.deps, call.actor, body["device"], [_note(one) for one in body["notes"]], call)


def _note(one: dict[str, Any]) -> Note:
    return Note(
        nonce=UUID(one["nonce"]),
        happened_at=datetime.fromisoformat(one["happened_at"]).astimezone(UTC),
        booking_id=UUID(one["booking_id"]) if "booking_id" in one else None,
        pick_up_code=normalised(one["pick_up_code"]) if "pick_up_code" in one else None,
    )


def create_display(call: Call, body: dict[str, Any]) -> Reply:
    """A new screen beside a door."""
    return doors.create_display(call.deps, call.actor, UUID(body["space_id"]), body.get("label"), call)


def revoke_display(call: Call, display_id: str) -> Reply:
    """Turn a screen off."""
    return doors.revoke_display(call.deps, call.actor, UUID(display_id), call)


def list_displays(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """Every screen."""
    return doors.displays(call.deps, call.actor, Page.parse(cursor, limit, doors.KEY), call.language)


def renew_door_secret(call: Call, venue_id: str) -> Reply:
    """New codes from now on."""
    return doors.renew_secret(call.deps, call.actor, UUID(venue_id), call)


def get_door_display(call: Call, token: str) -> dict[str, Any]:
    """What a screen shows; its token is its only right."""
    return doors.show(call.deps, token, call.language)
