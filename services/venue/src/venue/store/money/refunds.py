# SPDX-License-Identifier: Apache-2.0
"""Writing refunds: each continues the last one of its settlement, so the database sees that they stay within it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.domain.money.refunds import Owed, Refund
from venue.store.money.money_tables import booking_terms, payment_intents, refund_executions, refunds, venue_terms
from venue.store.tables import reversals, settlements

_C = refunds.c


def refunded_so_far(work: UnitOfWork, settlement_id: UUID) -> int:
    """How much of a settlement was given back; the caller holds the booking's lock."""
    query = sa.select(sa.func.coalesce(sa.func.max(_C.after_fen), 0))
    return int(
        work.execute(query.where(_C.division_code == work.division, _C.settlement_id == settlement_id)).scalar_one()
    )


def insert(work: UnitOfWork, booking_id: UUID, refund: Refund, at: datetime, on: date) -> None:
    """Store money given back."""
    work.execute(
        sa.insert(refunds).values(
            division_code=work.division,
            id=refund.refund_id,
            booking_id=booking_id,
            settlement_id=refund.settlement_id,
            paid_fen=refund.paid_fen,
            before_fen=refund.before_fen,
            amount_fen=refund.amount_fen,
            method=refund.method,
            reason_code=refund.reason_code,
            refunded_at=at,
            occurred_on=on,
            refunded_by=work.actor.subject,
        )
    )


def not_executed(connection: sa.Connection, division: str, limit: int, after: UUID) -> list[Owed]:
    """Online refunds that the provider has not carried out, by id."""
    done, intent = refund_executions.c, payment_intents.c
    query = (
        sa.select(_C.id, intent.id.label("payment_id"), _C.amount_fen)
        .join_from(
            refunds,
            payment_intents,
            (intent.division_code == _C.division_code) & (intent.settlement_id == _C.settlement_id),
        )
        .outerjoin(refund_executions, (done.division_code == _C.division_code) & (done.refund_id == _C.id))
        .where(_C.division_code == division, _C.method == "online", done.refund_id.is_(None), _C.id > after)
        .order_by(_C.id)
        .limit(limit)
    )
    return [Owed(*row) for row in connection.execute(query)]


def executed(work: UnitOfWork, refund_id: UUID, provider_ref: str, at: datetime) -> None:
    """Note that the provider carried a refund out; another worker may have noted it a moment ago."""
    row = {"division_code": work.division, "refund_id": refund_id, "provider_ref": provider_ref, "executed_at": at}
    work.execute(pg.insert(refund_executions).values(row).on_conflict_do_nothing())


def of_booking(connection: sa.Connection, division: str, booking_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Every refund of a booking with the moment it was carried out."""
    done = refund_executions.c
    query = (
        sa.select(refunds, done.executed_at)
        .outerjoin_from(
            refunds, refund_executions, (done.division_code == _C.division_code) & (done.refund_id == _C.id)
        )
        .where(_C.division_code == division, _C.booking_id == booking_id)
        .order_by(_C.refunded_at, _C.id)
    )
    return connection.execute(query).mappings().all()


def ended_and_paid(connection: sa.Connection, division: str, limit: int) -> Sequence[Mapping[str, Any]]:
    """Bookings that ended unused although a settlement of them stands and what is due of it was not given back.

    What gives nothing back (0 %, or less than a fen) is none of them: it would be found again for ever.
    """
    terms, paid, undone = booking_terms.c, settlements.c, reversals.c
    percent = _percent()
    is_undone = sa.exists().where(undone.division_code == paid.division_code, undone.settlement_id == paid.id)
    is_refunded = sa.exists().where(_C.division_code == paid.division_code, _C.settlement_id == paid.id)
    query = (
        sa.select(terms.id.label("booking_id"), terms.state, terms.late_cancelled, percent.label("percent"))
        .join_from(
            booking_terms, settlements, (paid.division_code == terms.division_code) & (paid.booking_id == terms.id)
        )
        .where(
            terms.division_code == division,
            terms.state.in_(("cancelled", "declined", "lapsed")),
            ~is_undone,
            ~is_refunded,
            paid.amount_fen * percent >= 100,
        )
        .order_by(terms.id)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def _percent() -> sa.ColumnElement[int]:
    """As frozen when the booking ended; of what ended before that was kept, as the venue says now."""
    terms, venue = booking_terms.c, venue_terms.c
    late = (
        sa.select(venue.refund_percent_late)
        .where(venue.division_code == terms.division_code, venue.id == terms.venue_id)
        .scalar_subquery()
    )
    return sa.func.coalesce(terms.refund_percent, sa.case((terms.late_cancelled, late), else_=100))
