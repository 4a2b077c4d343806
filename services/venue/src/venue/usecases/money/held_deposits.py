# SPDX-License-Identifier: Apache-2.0
"""The deposits that somebody has still to give back or keep, whatever became of their bookings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.pagination import Page

from venue.deps import Deps
from venue.domain.money.deposits import waits_for_its_guest
from venue.store.money import deposits
from venue.usecases.booking import shapes

KEY = (datetime.fromisoformat, UUID)


def list_deposits(deps: Deps, actor: Actor, pick_up_code: str | None, page: Page, language: str) -> dict[str, Any]:
    """A page of what is held, longest held first; one statement. Codes and rooms, never a person."""
    with deps.database.read(actor) as connection:
        rows = deposits.standing_page(connection, actor.division, pick_up_code, page)
    shown, cursor = page.cut(rows, lambda row: (row["taken_at"], row["id"]))
    now = deps.clock.now()
    return {"items": [_shape(row, language, now) for row in shown], "next_cursor": cursor}


def _shape(row: Mapping[str, Any], language: str, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(row["tz"])
    return {
        "deposit_id": str(row["id"]),
        "amount_fen": row["amount_fen"],
        "taken_at": shapes.local(row["taken_at"], zone),
        "booking_id": str(row["booking_id"]),
        "pick_up_code": row["pick_up_code"],
        "space_name": row[f"name_{language}"],
        "starts_at": shapes.local(row["starts_at"], zone),
        "ends_at": shapes.local(row["ends_at"], zone),
        "state": row["state"],
        "is_over": waits_for_its_guest(row["state"], row["ends_at"], now),
    }
