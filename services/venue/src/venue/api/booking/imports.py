# SPDX-License-Identifier: Apache-2.0
"""Paper calendars, brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.errors import Invalid
from chassis.http import Call
from chassis.pagination import Page

from venue.usecases.booking import see_imports
from venue.usecases.booking.import_bookings import ImportRow
from venue.usecases.booking.import_bookings import import_bookings as bring_in


def import_bookings(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Book row by row; answer with what became of each."""
    rows = [
        ImportRow(
            row["space_code"],
            _wall(row["local_start"]),
            _wall(row["local_end"]),
            UUID(row["person_id"]),
            row.get("purpose"),
            row.get("party_size"),
        )
        for row in body["rows"]
    ]
    return bring_in(call.deps, call.actor, UUID(body["venue_id"]), rows, call)


def list_imports(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """The community's imports, newest first."""
    page = Page.parse(cursor, limit, see_imports.KEY)
    return see_imports.list_imports(call.deps, call.actor, page, call.language)


def get_import(call: Call, import_id: str) -> dict[str, Any]:
    """One import with every row."""
    return see_imports.get_import(call.deps, call.actor, UUID(import_id), call.language)


def _wall(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # the pattern admits 31 February
        raise Invalid("no_such_day", zh="没有这一天。", en="There is no such day.") from None
