# SPDX-License-Identifier: Apache-2.0
"""Statements: submitted by one person, decided by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag
from chassis.pagination import Page

from disclosure import shapes
from disclosure.store import queries
from disclosure.usecases import decide_statement, read_books
from disclosure.usecases.submit_statement import SubmitStatement
from disclosure.usecases.submit_statement import submit_statement as submit


def list_statements(
    call: Call, month: str | None = None, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    page = Page.parse(cursor, limit, kinds=(datetime.fromisoformat, UUID))
    with call.deps.database.read(call.actor) as connection:
        rows = queries.statements(connection, call.actor.division, month, state, page)
    shown, following = page.cut(rows, lambda one: (one.submitted_at, one.id))
    return {"items": [shapes.statement(one, call.actor) for one in shown], "next_cursor": following}


def submit_statement(call: Call, body: dict[str, Any]) -> Reply:
    return submit(call.deps, call, SubmitStatement(body["month"], body.get("confirm_to_date", False)))


def get_statement(call: Call, statement_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    one, told = read_books.get_statement(call.deps, call.actor, UUID(statement_id))
    detail = {"accounts": told["accounts"], "lines": shapes.lines(told["lines"], call.language)}
    return shapes.statement(one, call.actor) | detail, 200, etag(one.row_version)


def approve_statement(call: Call, statement_id: str, body: dict[str, Any]) -> Reply:
    return decide_statement.approve_statement(call.deps, call, UUID(statement_id))


def reject_statement(call: Call, statement_id: str, body: dict[str, Any]) -> Reply:
    return decide_statement.reject_statement(call.deps, call, UUID(statement_id), body["reason"])
