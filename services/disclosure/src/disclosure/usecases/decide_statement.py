# SPDX-License-Identifier: Apache-2.0
"""Approve a statement, which publishes it, or reject it, which opens its month again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.errors import Conflict, NotFound, PreconditionFailed
from chassis.reply import Reply, etag

from disclosure import shapes
from disclosure.domain import closing
from disclosure.store.ledger import Book, Ledger
from disclosure.store.publishing import publish
from disclosure.store.statements import Statement, Statements
from disclosure.usecases import content
from disclosure.usecases.acting_office import acting_office
from disclosure.usecases.announcements import statement_published, statement_rejected

if TYPE_CHECKING:
    from chassis.http import Call

    from disclosure.deps import Deps

Decision = Callable[[UnitOfWork, Book, Statement], Statement]


def approve_statement(deps: Deps, call: Call, statement_id: UUID) -> Reply:
    """Approve and publish, in one transaction; never by the person who submitted it (same_person)."""
    return _decide(deps, call, "approve_statement", statement_id, _approve)


def reject_statement(deps: Deps, call: Call, statement_id: UUID, reason: str) -> Reply:
    """Reject with a reason; the month is open again unless an earlier version of it is published."""

    def reject(work: UnitOfWork, book: Book, statement: Statement) -> Statement:
        return _reject(work, book, statement, reason)

    return _decide(deps, call, "reject_statement", statement_id, reject)


def _decide(deps: Deps, call: Call, operation: str, statement_id: UUID, decide: Decision) -> Reply:
    def act() -> tuple[dict[str, Any], dict[str, str]]:
        work.actor.require("disclosure.approve")
        book, statement = _lock(work, statement_id, call.if_match)
        decided = decide(work, book, statement)
        work.audit(operation, "statement", statement_id, {"month": decided.month, "version": decided.version})
        return shapes.statement(decided, work.actor), etag(decided.row_version)

    with deps.database.unit_of_work(call.actor) as work:
        # The key is one statement's: the same key for another statement is another body (chassis hashes the address).
        reply = work.once(call, operation, act)
        work.commit()
    return reply


def _lock(work: UnitOfWork, statement_id: UUID, if_match: int | None) -> tuple[Book, Statement]:
    """Lock the book, then the statement: the order every writer keeps, so none waits in a circle."""
    ledger = Ledger(work)
    book = ledger.book()
    if book is None:
        raise NotFound("statement_not_found")
    ledger.lock(book)
    statement = Statements(work).lock(statement_id)
    if statement is None:
        raise NotFound("statement_not_found")
    if if_match is not None and if_match != statement.row_version:
        raise PreconditionFailed()
    closing.check_undecided(statement.state)
    return book, statement


def _approve(work: UnitOfWork, book: Book, statement: Statement) -> Statement:
    closing.check_two_persons(statement.prepared_by, work.actor.subject)
    told = content.compute(
        work.connection,
        work.division,
        book,
        month=statement.month,
        version=statement.version,
        to_date=statement.to_date,
        as_of_entry_no=statement.as_of_entry_no,
    )
    if content.sha256(told) != statement.sha256:
        raise Conflict(
            "statement_changed",
            zh="账目与提交时不一致，不能公布，请报告管理员。",
            en="The ledger no longer gives what was submitted; it is not published. Tell an administrator.",
        )
    approved = _decided(work, statement, state=closing.PUBLISHED)
    Statements(work).decide(approved)
    publish(work, book.code, approved, told, content.canonical(told))
    work.outbox.add(statement_published(approved))
    return approved


def _reject(work: UnitOfWork, book: Book, statement: Statement, reason: str) -> Statement:
    rejected = _decided(work, statement, state=closing.REJECTED, rejection_reason=reason)
    Statements(work).decide(rejected)
    reopened = statement.version == 1
    if reopened:
        Ledger(work).set_month(book, statement.month, closing.OPEN, work.clock.now())
    work.outbox.add(statement_rejected(rejected, reopened=reopened))
    return rejected


def _decided(work: UnitOfWork, statement: Statement, **changes: Any) -> Statement:
    return replace(
        statement,
        decided_by=work.actor.subject,
        decided_office=acting_office(work.actor),
        decided_at=work.clock.now(),
        row_version=statement.row_version + 1,
        **changes,
    )
