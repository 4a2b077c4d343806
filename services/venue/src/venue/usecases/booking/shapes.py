# SPDX-License-Identifier: Apache-2.0
"""What callers see of a booking and of a day, as contracts/openapi/venue.v1.yaml describes it.

Here and not in ``api``, because the answer to a write is stored with it under its idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.domain.booking.availability import RESERVED, Interval
from venue.domain.booking.booking import Booking, Offer, Part, is_cancellable, is_movable, late_cancel_from, price_on


def local(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant with the venue's offset."""
    return at.astimezone(zone).isoformat()


def zone_of(row: Mapping[str, Any]) -> ZoneInfo:
    """The time zone of a row's venue."""
    return ZoneInfo(row["tz"])


def place(row: Mapping[str, Any], language: str) -> dict[str, str]:
    """Where something is: the venue and the room, by id and name."""
    return {
        "venue_id": str(row["venue_id"]),
        "venue_name": row[f"venue_name_{language}"],
        "space_id": str(row["space_id"]),
        "space_name": row[f"name_{language}"],
    }


def is_own(row: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the booking is the caller's own."""
    return str(row["person_id"]) == actor.subject and "venue.book" in actor.permissions


def owns(booking: Booking, actor: Actor) -> bool:
    """Tell whether a loaded booking is the caller's own."""
    return str(booking.person_id) == actor.subject and "venue.book" in actor.permissions


def booking(
    row: Mapping[str, Any], *, actor: Actor, language: str, now: datetime, with_purpose: bool = True
) -> dict[str, Any]:
    """Shape a booking. The counter alone is told whose it is, to call them; the booker and the counter, what for."""
    zone = ZoneInfo(row["tz"])
    at_counter = "venue.counter" in actor.permissions
    may_change = is_own(row, actor) or at_counter
    late_from = late_cancel_from(row["starts_at"], row["late_cancel_minutes"], row["created_at"])
    held_until, occurrence = row["hold_expires_at"], row["occurrence_date"]
    shape = {
        "booking_id": str(row["id"]),
        "version": row["version"],
        "state": row["state"],
        **place(row, language),
        "starts_at": local(row["starts_at"], zone),
        "ends_at": local(row["ends_at"], zone),
        "local_date": row["local_start"].date().isoformat(),
        "regime": row["regime_code"],
        "price_fen": row["price_fen"],
        "price_fen_per_hour": row["price_fen_per_hour"],
        "pick_up_code": row["pick_up_code"],
        "settlement": _settlement(row, zone) if row.get("settlement_id") else None,
        "cancellable": may_change and is_cancellable(row["state"], row["starts_at"], now),
        "movable": may_change and is_movable(row["state"], row["starts_at"], now, late_from, at_counter=at_counter),
        "late_cancel_from": local(late_from, zone),
        "late_cancelled": row.get("late_cancelled", False),
        "held_until": local(held_until, zone) if held_until else None,
        "needs_approval": row["state"] == "requested",
        "series_id": str(row["series_id"]) if row["series_id"] else None,
        "occurrence_date": occurrence.isoformat() if occurrence else None,
        "deposit_fen": row.get("deposit_fen") or 0,
        "parts": _parts(row, zone),
        "equipment": [
            {"equipment_id": str(equipment_id), "quantity": quantity}
            for equipment_id, quantity in row.get("equipment") or ()
        ],
    }
    if at_counter:
        shape["person_id"] = str(row["person_id"])
    if may_change:
        shape["ended_reason"] = row.get("ended_reason")
    if with_purpose and may_change:
        shape["purpose"] = row["purpose"]
    return shape


def _parts(row: Mapping[str, Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Shape the stretches of a booking, one where it lies in one regime."""
    whole = (row["starts_at"], row["ends_at"], row["regime_code"], row["price_fen_per_hour"], row["price_fen"])
    return [
        part(Part(_instant(starts_at), _instant(ends_at), regime, row["price_version"], per_hour, fen), zone)
        for starts_at, ends_at, regime, per_hour, fen in row.get("parts") or [whole]
    ]


def part(one: Part, zone: ZoneInfo) -> dict[str, Any]:
    """Shape a stretch in one regime with its price."""
    return {
        "regime": one.regime,
        "starts_at": local(one.starts_at, zone),
        "ends_at": local(one.ends_at, zone),
        "price_fen_per_hour": one.price_fen_per_hour,
        "price_fen": one.price_fen,
    }


def _instant(told: datetime | str) -> datetime:
    return datetime.fromisoformat(told) if isinstance(told, str) else told  # PostgreSQL's JSON has text


def _settlement(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    reversed_at = row["reversed_at"]
    return {
        "settlement_id": str(row["settlement_id"]),
        "receipt_no": row["receipt_no"],
        "amount_fen": row["amount_fen"],
        "method": row["method"],
        "settled_at": local(row["settled_at"], zone),
        "reversed_at": local(reversed_at, zone) if reversed_at else None,
    }


def regime(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Shape a regime from its row."""
    return {
        "code": row["code"],
        "name": row[f"name_{language}"],
        "names": {"zh": row["name_zh"], "en": row["name_en"]},
        "purposes": list(row[f"purposes_{language}"]),
        "kind": row["kind"],
        "audience": row["audience"],
        "approval": row["approval"],
    }


def days(
    table: Sequence[tuple[date, Sequence[Interval]]], offer: Offer, language: str, *, with_mine: bool
) -> list[dict[str, Any]]:
    """Shape a room's days, each open interval with its price."""
    return [
        {"date": day.isoformat(), "intervals": [_interval(one, day, offer, language, with_mine) for one in intervals]}
        for day, intervals in table
    ]


def _interval(one: Interval, day: date, offer: Offer, language: str, with_mine: bool) -> dict[str, Any]:
    price = price_on(day, one.regime, offer.prices) if one.regime and one.state != RESERVED else None
    shape = {
        "starts_at": local(one.starts_at, offer.zone),
        "ends_at": local(one.ends_at, offer.zone),
        "state": one.state,
        "regime": one.regime,
        "price_fen_per_hour": price.fen_per_hour if price else None,
        "kind": one.kind if one.label else None,
        "label": one.label[language == "en"] if one.label else None,
    }
    return shape | {"mine": one.mine} if with_mine else shape
