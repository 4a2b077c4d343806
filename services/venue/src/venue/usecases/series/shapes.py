# SPDX-License-Identifier: Apache-2.0
"""What callers see of a series and its dates, as contracts/openapi/venue.v1.yaml describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.domain.booking.offer import Part
from venue.domain.series.series import LeftOut, Occurrence
from venue.domain.series.series_reasons import words
from venue.usecases.booking.shapes import local, part

OVER = frozenset({"cancelled", "declined", "lapsed", "no_show"})
TO_COME = frozenset({"requested", "held", "confirmed"})


def is_own(row: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the series is the caller's own."""
    return str(row["person_id"]) == actor.subject and "venue.book" in actor.permissions


def may_change(row: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the caller may change it: one's own, or any at the counter."""
    return is_own(row, actor) or "venue.counter" in actor.permissions


def series(row: Mapping[str, Any], *, actor: Actor, language: str, with_person: bool = False) -> dict[str, Any]:
    """Shape a series without its dates. The person appears at the counter alone, the purpose to who may change it."""
    changeable = may_change(row, actor)
    shape = {
        "series_id": str(row["id"]),
        "version": row["version"],
        "state": row["state"],
        "venue_id": str(row["venue_id"]),
        "venue_name": row[f"venue_name_{language}"],
        "space_id": str(row["space_id"]),
        "space_name": row[f"name_{language}"],
        "rrule": row["rrule"],
        "first_date": row["first_date"].isoformat(),
        "until": row["until"].isoformat() if row["until"] else None,
        "open_ended": row["until"] is None,
        "local_start": f"{row['local_start']:%H:%M}",
        "minutes": row["minutes"],
        "time_zone": row["tz"],
        "policy": row["policy"],
        "split": row["split"],
        "equipment": [{"equipment_id": one, "quantity": quantity} for one, quantity in row["equipment"] or ()],
        "previous_series_id": str(row["previous_series_id"]) if row["previous_series_id"] else None,
        "changeable": changeable and row["state"] == "active",
    }
    if changeable:
        shape["purpose"] = row["purpose"]
    if with_person and "venue.counter" in actor.permissions:
        shape["person_id"] = str(row["person_id"])
    return shape


def summary(row: Mapping[str, Any], *, actor: Actor, language: str) -> dict[str, Any]:
    """Shape a series of a list: how many dates it has, how many were left out, and the next one."""
    zone = ZoneInfo(row["tz"])
    return series(row, actor=actor, language=language, with_person=True) | {
        "dates_count": row["dates_count"],
        "skipped_count": row["skipped_count"],
        "to_come_count": row["to_come_count"],
        "next_starts_at": local(row["next_starts_at"], zone) if row["next_starts_at"] else None,
    }


def dates(
    rows: Sequence[Mapping[str, Any]],
    tz: str,
    names: Mapping[UUID, str],
    stretches: Mapping[UUID, Sequence[Part]],
    now: datetime,
    language: str,
) -> list[dict[str, Any]]:
    """Shape every date as it now is. ``names`` are the rooms', ``stretches`` those of bookings in several regimes."""
    zone = ZoneInfo(tz)
    return [
        _date(row, zone, names, now, language) | {"parts": parts(stretches.get(row["booking_id"], ()), zone)}
        for row in rows
    ]


def parts(stretches: Sequence[Part], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Shape the stretches of a date with their prices."""
    return [part(one, zone) for one in stretches]


def state_of(row: Mapping[str, Any]) -> str:
    """Read off its booking what became of a date: ``booked``, ``skipped``, ``cancelled`` or ``moved``."""
    if row["booking_id"] is None:
        return "skipped"
    if row["booking_state"] in OVER:
        return "cancelled"
    planned = (row["space_id"], row["planned_start"], row["planned_end"])
    return "booked" if planned == (row["booked_space_id"], row["local_start"], row["local_end"]) else "moved"


def _date(
    row: Mapping[str, Any], zone: ZoneInfo, names: Mapping[Any, str], now: datetime, language: str
) -> dict[str, Any]:
    is_held = row["booking_id"] is not None
    space_id = row["booked_space_id"] if is_held else row["space_id"]
    code = row["reason_code"]
    return {
        "date": row["occurrence_date"].isoformat(),
        "state": state_of(row),
        "booking_id": str(row["booking_id"]) if is_held else None,
        "booking_version": row["booking_version"],
        "booking_state": row["booking_state"],
        "space_id": str(space_id),
        "space_name": names.get(space_id, ""),
        "local_start": f"{(row['local_start'] or row['planned_start']):%Y-%m-%dT%H:%M}",
        "local_end": f"{(row['local_end'] or row['planned_end']):%Y-%m-%dT%H:%M}",
        "starts_at": local(row["starts_at"], zone) if is_held else None,
        "ends_at": local(row["ends_at"], zone) if is_held else None,
        "regime": row["regime_code"],
        "price_fen": row["price_fen"],
        "pick_up_code": row["pick_up_code"],
        "shifted": row["shifted"],
        "changeable": is_held and row["booking_state"] in TO_COME and now < row["starts_at"],
        "reason_code": code,
        "reason": words(code, language) if code else None,
    }


def left_out(one: LeftOut, zone: ZoneInfo, language: str) -> dict[str, Any]:
    """Shape a date that cannot be had, as a refusal tells it."""
    code = one.failure.code
    return {**wall_times(one.occurrence), "reason_code": code, "reason": words(code, language)}


def wall_times(at: Occurrence) -> dict[str, Any]:
    """Say when a date is planned."""
    return {
        "date": at.on.isoformat(),
        "local_start": f"{at.local_start:%Y-%m-%dT%H:%M}",
        "local_end": f"{at.local_end:%Y-%m-%dT%H:%M}",
        "shifted": at.shifted,
    }


def left_behind(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Shape a booking that could not follow a change of the clock."""
    zone = ZoneInfo(row["tz"])
    return {
        "booking_id": str(row["id"]),
        "space_id": str(row["space_id"]),
        "space_name": row[f"name_{language}"],
        "local_start": f"{row['local_start']:%Y-%m-%dT%H:%M}",
        "local_end": f"{row['local_end']:%Y-%m-%dT%H:%M}",
        "starts_at": local(row["starts_at"], zone),
        "ends_at": local(row["ends_at"], zone),
        "release": row["release"],
    }
