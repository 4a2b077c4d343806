# SPDX-License-Identifier: Apache-2.0
"""Read a community's months, a preview of a month, and a statement as it was submitted. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.auth import Actor
from chassis.errors import NotFound

from disclosure import shapes
from disclosure.domain import closing
from disclosure.domain.months import is_over
from disclosure.store import queries
from disclosure.store.statements import Statement
from disclosure.usecases import content

if TYPE_CHECKING:
    from disclosure.deps import Deps


def list_periods(deps: Deps, actor: Actor) -> list[dict[str, Any]]:
    """List every month since the books were opened, newest first; a community without books has none."""
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        found = queries.book(connection, actor.division)
        if found is None:
            return []
        book, _ = found
        states = queries.month_states(connection, actor.division, book.book_id)
        latest = queries.latest_statements(connection, actor.division, book.book_id)
    months = sorted({*closing.months_to_show(book.opened_month, now), *states}, reverse=True)
    return [_period(month, states, latest.get(month), actor, is_over(month, now)) for month in months]


def preview_statement(deps: Deps, actor: Actor, month: str) -> dict[str, Any]:
    """Compute what the month's statement would say now. Raises NotFound (no_books), Conflict (nothing_to_publish)."""
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        found = queries.book(connection, actor.division)
        if found is None:
            raise closing.no_books()
        book, last_no = found
        closing.check_has_entries_to_tell(month, opened_month=book.opened_month, now=now)
        state, _ = queries.month_states(connection, actor.division, book.book_id).get(month, (closing.OPEN, 0))
        told = content.compute(
            connection, actor.division, book, month=month, version=1, to_date=None, as_of_entry_no=last_no
        )
    shown = ("month", "as_of_entry_no", *shapes.FIGURES, "accounts", "lines")
    return {name: told[name] for name in shown} | {
        "is_over": is_over(month, now),
        "state": state,
        "lines_count": len(told["lines"]),
    }


def get_statement(deps: Deps, actor: Actor, statement_id: UUID) -> tuple[Statement, dict[str, Any]]:
    """Return a statement and its content, computed again as of its number."""
    with deps.database.read(actor) as connection:
        statement = queries.statement(connection, actor.division, statement_id)
        found = queries.book(connection, actor.division)
        if statement is None or found is None:
            raise NotFound("statement_not_found")
        told = content.compute(
            connection,
            actor.division,
            found[0],
            month=statement.month,
            version=statement.version,
            to_date=statement.to_date,
            as_of_entry_no=statement.as_of_entry_no,
        )
    return statement, told


def _period(
    month: str, states: dict[str, tuple[str, int]], latest: Statement | None, actor: Actor, over: bool
) -> dict[str, Any]:
    state, count = states.get(month, (closing.OPEN, 0))
    return {
        "month": month,
        "state": state,
        "is_over": over,
        "entries_count": count,
        "statement": latest and shapes.brief_statement(latest, actor),
    }
