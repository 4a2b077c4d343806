# SPDX-License-Identifier: Apache-2.0
"""Submit a month's statement: the month closes and its last entry number is fixed in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply, etag

from disclosure import shapes
from disclosure.domain import closing
from disclosure.store.ledger import Book, Ledger
from disclosure.store.statements import Statement, Statements
from disclosure.usecases import content
from disclosure.usecases.acting_office import acting_office
from disclosure.usecases.announcements import statement_submitted

if TYPE_CHECKING:
    from chassis.http import Call

    from disclosure.deps import Deps


@dataclass(frozen=True)
class SubmitStatement:
    """Submit ``month``; ``confirm_to_date`` admits that it is not over."""

    month: str
    confirm_to_date: bool = False


def submit_statement(deps: Deps, call: Call, command: SubmitStatement) -> Reply:
    """Submit, in one transaction. Raises NotFound (no_books) and the refusals of ``closing.check_submittable``."""
    with deps.database.unit_of_work(call.actor) as work:
        reply = work.once(call, "submit_statement", lambda: _submit(work, command))
        work.commit()
    return reply


def _submit(work: UnitOfWork, command: SubmitStatement) -> tuple[dict[str, Any], dict[str, str]]:
    work.actor.require("disclosure.prepare")
    ledger, statements = Ledger(work), Statements(work)
    book = ledger.book()
    if book is None:
        raise closing.no_books()
    last_no = ledger.lock(book)
    to_date = closing.check_submittable(
        command.month,
        opened_month=book.opened_month,
        states=statements.states(book.book_id),
        now=work.clock.now(),
        confirm_to_date=command.confirm_to_date,
    )
    previous = statements.published(book.book_id, command.month)
    if previous is None:
        ledger.add_month(book, command.month)
        ledger.set_month(book, command.month, closing.CLOSED, work.clock.now())
    told = content.compute(
        work.connection,
        work.division,
        book,
        month=command.month,
        version=previous.version + 1 if previous else 1,
        to_date=previous.to_date if previous else to_date,
        as_of_entry_no=last_no,
    )
    if previous is not None:
        _check_news(work, book, previous, told)
    statement = _statement(work, book, told, previous.to_date if previous else to_date)
    statements.add(statement)
    work.outbox.add(statement_submitted(statement))
    work.audit("submit_statement", "statement", statement.id, {"month": statement.month, "version": statement.version})
    return shapes.statement(statement, work.actor), etag(statement.row_version)


def _check_news(work: UnitOfWork, book: Book, previous: Statement, told: dict[str, Any]) -> None:
    published = content.compute(
        work.connection,
        work.division,
        book,
        month=previous.month,
        version=previous.version,
        to_date=previous.to_date,
        as_of_entry_no=previous.as_of_entry_no,
    )
    closing.check_reissue(tells_something_new=not content.tells_the_same(published, told))


def _statement(work: UnitOfWork, book: Book, told: dict[str, Any], to_date: Any) -> Statement:
    figures = {name: told[name] for name in ("opening_fen", "income_fen", "expense_fen", "closing_fen")}
    return Statement(
        id=uuid7(),
        book_id=book.book_id,
        month=told["month"],
        version=told["version"],
        state=closing.SUBMITTED,
        to_date=to_date,
        as_of_entry_no=told["as_of_entry_no"],
        **figures,
        lines_count=len(told["lines"]),
        sha256=content.sha256(told),
        prepared_by=work.actor.subject,
        prepared_office=acting_office(work.actor),
        submitted_at=work.clock.now(),
    )
