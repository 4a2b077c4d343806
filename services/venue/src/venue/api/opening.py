# SPDX-License-Identifier: Apache-2.0
"""Regimes, hours, special days, prices, the public's share and the operator's debt as staff keep them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from venue.usecases.opening import opening, owed_sessions, public_share, regimes

NAMES = ("name_zh", "name_en", "purposes_zh", "purposes_en", "kind", "audience", "approval")


def create_regime(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Add a regime."""
    new = {name: body[name] for name in ("code", *NAMES) if name in body}
    fen = body.get("price_fen_per_hour")
    return regimes.create_regime(call.deps, call.actor, UUID(venue_id), new, fen, call)


def update_regime(call: Call, venue_id: str, regime: str, body: dict[str, Any]) -> Reply:
    """Change a regime."""
    changes = {name: value for name, value in body.items() if name != "keep_bookings"}
    keep = body.get("keep_bookings", False)
    return regimes.update_regime(call.deps, call.actor, UUID(venue_id), regime, changes, call, keep_bookings=keep)


def end_regime(call: Call, venue_id: str, regime: str, body: dict[str, Any]) -> Reply:
    """Let a regime end."""
    on = date.fromisoformat(body["ends_on"])
    return regimes.end_regime(call.deps, call.actor, UUID(venue_id), regime, on, call)


def set_weekly_hours(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Let other weekly hours hold from a day on."""
    since, keep = date.fromisoformat(body["valid_from"]), body.get("keep_bookings", False)
    return opening.set_weekly_hours(
        call.deps, call.actor, UUID(venue_id), since, body["hours"], call, keep_bookings=keep
    )


def set_own_hours(call: Call, venue_id: str, day: str, body: dict[str, Any]) -> Reply:
    """Give a day hours of its own."""
    on, keep = date.fromisoformat(day), body.get("keep_bookings", False)
    return opening.set_own_hours(call.deps, call.actor, UUID(venue_id), on, body["hours"], call, keep_bookings=keep)


def clear_own_hours(call: Call, venue_id: str, day: str, body: dict[str, Any]) -> Reply:
    """Let a day follow the week again."""
    on, keep = date.fromisoformat(day), body.get("keep_bookings", False)
    return opening.set_own_hours(call.deps, call.actor, UUID(venue_id), on, None, call, keep_bookings=keep)


def set_special_day(call: Call, body: dict[str, Any]) -> Reply:
    """Note a holiday or make-up workday."""
    row = {
        "day": date.fromisoformat(body["date"]),
        "follows_weekday": body.get("follows_weekday"),
        **{name: body[name] for name in ("kind", "name_zh", "name_en")},
    }
    keep = body.get("keep_bookings", False)
    return opening.set_special_day(call.deps, call.actor, row, call, keep_bookings=keep)


def remove_special_day(call: Call, day: str, body: dict[str, Any]) -> Reply:
    """Make a day an ordinary one again."""
    on, keep = date.fromisoformat(day), body.get("keep_bookings", False)
    return opening.remove_special_day(call.deps, call.actor, on, call, keep_bookings=keep)


def set_price(call: Call, space_id: str, body: dict[str, Any]) -> Reply:
    """Add the next version of a price."""
    since, fen = date.fromisoformat(body["valid_from"]), body["price_fen_per_hour"]
    deposit = body.get("deposit_fen")
    return regimes.set_price(call.deps, call.actor, UUID(space_id), body["regime"], since, fen, call, deposit)


def preview_weeks(call: Call, venue_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Show the coming weeks under proposed hours."""
    since = date.fromisoformat(body["valid_from"])
    return public_share.preview_weeks(call.deps, call.actor, UUID(venue_id), since, body.get("weeks", 2), body)


def get_share_of_use(call: Call, venue_id: str, weeks: int = 4, from_: str | None = None) -> dict[str, Any]:
    """Planned and used minutes by regime and week."""
    first = date.fromisoformat(from_) if from_ else None
    return public_share.share_of_use(call.deps, call.actor, UUID(venue_id), first, weeks)


def get_owed_sessions(call: Call, venue_id: str) -> dict[str, Any]:
    """What the operator owes."""
    return owed_sessions.owed(call.deps, call.actor, UUID(venue_id))


def mark_free_session(call: Call, booking_id: str) -> Reply:
    """Count a session against the debt."""
    return owed_sessions.mark_free_session(call.deps, call.actor, UUID(booking_id), call)


def waive_owed_sessions(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Let the operator off some of the debt."""
    sessions, reason = body["sessions"], body["reason"]
    return owed_sessions.waive_owed_sessions(call.deps, call.actor, UUID(venue_id), sessions, reason, call)
