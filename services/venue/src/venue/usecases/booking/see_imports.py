# SPDX-License-Identifier: Apache-2.0
"""Come back to an import: which there were, and what became of each row of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.pagination import Page

from venue.deps import Deps
from venue.domain import refusals
from venue.store.booking import imports
from venue.usecases.booking import shapes

KEY = (datetime.fromisoformat, UUID)
AS_WRITTEN = ("space_code", "purpose", "party_size", "code", "reason")


def list_imports(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """A page of the community's imports, newest first; one statement."""
    with deps.database.read(actor) as connection:
        rows = imports.page(connection, actor.division, page)
    shown, cursor = page.cut(rows, lambda row: (row["imported_at"], row["id"]))
    return {"items": [_shape(row, language) for row in shown], "next_cursor": cursor}


def get_import(deps: Deps, actor: Actor, import_id: UUID, language: str) -> dict[str, Any]:
    """An import with every row; two statements. A row's reason is in the language of whoever brought it in."""
    with deps.database.read(actor) as connection:
        found = imports.one(connection, actor.division, import_id)
        rows = imports.rows(connection, actor.division, import_id) if found else []
    if found is None:
        raise refusals.unknown_import()
    return _shape(found, language) | {"rows": [_row(row) for row in rows]}


def _shape(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "import_id": str(row["id"]),
        "venue_id": str(row["venue_id"]),
        "venue_name": row[f"name_{language}"],
        "imported_at": shapes.local(row["imported_at"], ZoneInfo(row["tz"])),
        "booked": row["booked"],
        "refused": row["refused"],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "row": row["row_no"],
        "outcome": "refused" if row["booking_id"] is None else "booked",
        "booking_id": row["booking_id"] and str(row["booking_id"]),
        "person_id": str(row["person_id"]),
        "local_start": f"{row['local_start']:%Y-%m-%dT%H:%M}",
        "local_end": f"{row['local_end']:%Y-%m-%dT%H:%M}",
        **{name: row[name] for name in AS_WRITTEN},
    }
