# SPDX-License-Identifier: Apache-2.0
"""What anyone may read: through the public role, from published tables alone."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from chassis.errors import NotFound
from chassis.http import Call, Reply
from chassis.pagination import Page

from disclosure import shapes
from disclosure.store import board


def list_published_statements(call: Call, division: str, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Return a page of the published statements, newest first."""
    page = Page.parse(cursor, limit, kinds=(str, int))
    with call.deps.database.published() as connection:
        rows = board.statements(connection, division, page)
    shown, following = page.cut(rows, lambda row: (row.month, row.version))
    return {"items": [shapes.published(row._mapping) for row in shown], "next_cursor": following}


def get_published_statement(call: Call, division: str, month: str, version: int | None = None) -> dict[str, Any]:
    """Return a month's statement, the latest version unless another is named."""
    with call.deps.database.published() as connection:
        row = _find(connection, division, month, version)
        versions = board.versions(connection, division, month)
    accounts = json.loads(row.content)["accounts"]
    return shapes.published(row._mapping) | {"accounts": accounts, "versions": versions}


def list_published_lines(
    call: Call, division: str, month: str, version: int | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """Return a page of a statement's lines."""
    page = Page.parse(cursor, limit, kinds=(int,))
    with call.deps.database.published() as connection:
        row = _find(connection, division, month, version)
        rows = board.lines(connection, division, month, row.version, page)
    shown, following = page.cut(rows, lambda line: (line.line_no,))
    return {"items": [shapes.published_line(line._mapping, call.language) for line in shown], "next_cursor": following}


def get_published_content(call: Call, division: str, month: str, version: int | None = None) -> Reply:
    """Return the bytes whose hash was published."""
    with call.deps.database.published() as connection:
        row = _find(connection, division, month, version)
    return Reply(200, bytes(row.content), {"Content-Type": "application/json"})


def _find(connection: sa.Connection, division: str, month: str, version: int | None) -> sa.Row[Any]:
    row = board.statement(connection, division, month, version)
    if row is None:
        raise NotFound(
            "statement_not_published", zh="这个月的收支表还没有公布。", en="No statement of this month is published."
        )
    return row
