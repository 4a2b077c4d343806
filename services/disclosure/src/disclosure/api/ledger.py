# SPDX-License-Identifier: Apache-2.0
"""Reading the books."""

from __future__ import annotations

from typing import Any

from chassis.http import Call
from chassis.pagination import Page

from disclosure import shapes
from disclosure.store import queries
from disclosure.usecases import read_books


def list_entries(call: Call, month: str | None = None, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    page = Page.parse(cursor, limit, kinds=(int,))
    with call.deps.database.read(call.actor) as connection:
        rows = queries.entries(connection, call.actor.division, month, page)
    shown, following = page.cut(rows, lambda row: (row.no,))
    return {"items": [shapes.entry(row._mapping) for row in shown], "next_cursor": following}


def list_periods(call: Call) -> dict[str, Any]:
    return {"items": read_books.list_periods(call.deps, call.actor)}


def preview_statement(call: Call, month: str) -> dict[str, Any]:
    preview = read_books.preview_statement(call.deps, call.actor, month)
    return preview | {"lines": shapes.lines(preview["lines"], call.language)}
