# SPDX-License-Identifier: Apache-2.0
"""Payments and what the provider told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.domain.money.payments import OPEN, Intent
from venue.domain.money.refunds import Owed
from venue.store.money.money_tables import payment_events, payment_intents

_C = payment_intents.c
FIRST = UUID(int=0)  # before every id
_INTENT = (
    _C.id, _C.booking_id, _C.amount_fen, _C.currency, _C.state, _C.expires_at, _C.provider, _C.provider_ref, _C.pay_url,
    _C.to_return_fen,
)  # fmt: skip


def insert(work: UnitOfWork, venue_id: UUID, intent: Intent, at: datetime) -> bool:
    """Store a new payment; False where one of the same booking is under way."""
    made = work.execute(
        pg.insert(payment_intents)
        .values(
            division_code=work.division,
            id=intent.payment_id,
            booking_id=intent.booking_id,
            venue_id=venue_id,
            amount_fen=intent.amount_fen,
            currency=intent.currency,
            state=intent.state,
            provider=intent.provider,
            created_by=work.actor.subject,
            created_at=at,
            changed_at=at,
            expires_at=intent.expires_at,
        )
        .on_conflict_do_nothing()
        .returning(_C.id)
    )
    return made.one_or_none() is not None


def open_of(connection: sa.Connection, division: str, booking_id: UUID) -> UUID | None:
    """The payment of a booking that is under way."""
    query = sa.select(_C.id).where(_C.division_code == division, _C.booking_id == booking_id, _C.state.in_(OPEN))
    return connection.execute(query).scalar_one_or_none()


def find(connection: sa.Connection, division: str, payment_id: UUID) -> Mapping[str, Any] | None:
    """A payment by id."""
    query = sa.select(payment_intents).where(_C.division_code == division, _C.id == payment_id)
    return connection.execute(query).mappings().one_or_none()


def of_booking(connection: sa.Connection, division: str, booking_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The last payments of a booking, newest first."""
    query = sa.select(payment_intents).where(_C.division_code == division, _C.booking_id == booking_id)
    return connection.execute(query.order_by(_C.created_at.desc(), _C.id.desc()).limit(20)).mappings().all()


def lock(work: UnitOfWork, payment_id: UUID) -> Intent | None:
    """Load a payment for a change; its booking's row is locked first."""
    query = sa.select(*_INTENT).where(_C.division_code == work.division, _C.id == payment_id).with_for_update()
    row = work.execute(query).one_or_none()
    return Intent(*row) if row else None


def to_attend(connection: sa.Connection, division: str, limit: int, after: UUID = FIRST) -> list[Intent]:
    """Payments under way, by id."""
    query = sa.select(*_INTENT).where(_C.division_code == division, _C.state.in_(OPEN), _C.id > after)
    return [Intent(*row) for row in connection.execute(query.order_by(_C.id).limit(limit))]


def late(connection: sa.Connection, division: str, since: datetime, asked_before: datetime, limit: int) -> list[Intent]:
    """Payments that expired since then although their payer was asked, and of which nobody asked lately.

    Somebody may still have paid. Those come first that were asked for longest ago.
    """
    query = sa.select(*_INTENT).where(
        _C.division_code == division,
        _C.state == "expired",
        _C.provider_ref.is_not(None),
        _C.expires_at > since,
        sa.or_(_C.asked_at.is_(None), _C.asked_at < asked_before),
    )
    return [Intent(*row) for row in connection.execute(query.order_by(_C.asked_at.nulls_first(), _C.id).limit(limit))]


def note_asked(work: UnitOfWork, payment_ids: Sequence[UUID], at: datetime) -> None:
    """Note that expired payments were asked for; what became of them is stored by itself."""
    work.execute(
        sa.update(payment_intents).where(_C.division_code == work.division, _C.id.in_(payment_ids)).values(asked_at=at)
    )


def to_return(connection: sa.Connection, division: str, limit: int, after: UUID = FIRST) -> list[Owed]:
    """Money that a provider took and we could not use, by id: it goes back whole."""
    query = sa.select(_C.id, _C.id.label("payment_id"), _C.to_return_fen).where(
        _C.division_code == division, _C.to_return_fen.is_not(None), _C.returned_at.is_(None), _C.id > after
    )
    return [Owed(*row) for row in connection.execute(query.order_by(_C.id).limit(limit))]


def change(work: UnitOfWork, payment_id: UUID, at: datetime, **values: Any) -> None:
    """Store what became of a payment."""
    work.execute(
        sa.update(payment_intents)
        .where(_C.division_code == work.division, _C.id == payment_id)
        .values(changed_at=at, **values)
    )


def note_event(work: UnitOfWork, provider: str, event: Mapping[str, Any], at: datetime) -> bool:
    """Note what a provider told, once for each of its event ids; False where it was told before."""
    row = {"division_code": work.division, "provider": provider, "received_at": at, **event}
    statement = pg.insert(payment_events).values(row).on_conflict_do_nothing()
    return work.execute(statement.returning(payment_events.c.event_id)).one_or_none() is not None
