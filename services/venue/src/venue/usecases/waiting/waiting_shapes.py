# SPDX-License-Identifier: Apache-2.0
"""What callers see of the waiting list, as contracts/openapi/venue.v1.yaml describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.usecases.booking.shapes import local, place


def entry(row: Mapping[str, Any], actor: Actor, language: str) -> dict[str, Any]:
    """Shape an entry; the counter is told for whom, so that it can telephone."""
    zone = ZoneInfo(row["tz"])
    shape = {
        "entry_id": str(row["id"]),
        "version": row["version"],
        "state": row["state"],
        **place(row, language),
        "starts_at": local(row["starts_at"], zone),
        "ends_at": local(row["ends_at"], zone),
        "minutes": row["minutes"],
        "party_size": row["party_size"],
        "created_at": local(row["created_at"], zone),
        "ahead": row["ahead"] if row["state"] == "waiting" else 0,
        "refused_code": row["refused_code"],
        "offer": _offer(row, zone),
    }
    return shape | {"person_id": str(row["person_id"])} if "venue.counter" in actor.permissions else shape


def _offer(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any] | None:
    if row["offer_booking_id"] is None:
        return None
    return {
        "booking_id": str(row["offer_booking_id"]),
        "booking_version": row["offer_version"],
        "starts_at": local(row["offer_starts_at"], zone),
        "ends_at": local(row["offer_ends_at"], zone),
        "price_fen": row["offer_price_fen"],
        "expires_at": local(row["offer_expires_at"], zone),
    }
