# SPDX-License-Identifier: Apache-2.0
"""Deposits and how they end. Rows are never edited; who writes one holds the booking's lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page

from venue.domain.booking.booking import Booking
from venue.domain.money.deposits import Account, Deposit
from venue.store.money.money_tables import booking_terms, deposit_endings, deposits
from venue.store.tables import bookings, prices, spaces


def account(connection: sa.Connection, division: str, booking_id: UUID) -> Account:
    """What was agreed and taken for a booking that is known to exist."""
    terms, taken, ended = booking_terms.c, deposits.c, deposit_endings.c
    row = connection.execute(
        sa.select(
            terms.state, terms.late_cancelled, terms.deposit_fen, taken.id, taken.attempt, taken.amount_fen,
            taken.taken_at, ended.kind, ended.reason_code, ended.ended_at,
        )
        .outerjoin_from(
            booking_terms, deposits, (taken.division_code == terms.division_code) & (taken.booking_id == terms.id)
        )
        .outerjoin(deposit_endings, (ended.division_code == taken.division_code) & (ended.deposit_id == taken.id))
        .where(terms.division_code == division, terms.id == booking_id)
        .order_by(taken.attempt.desc())
        .limit(1)
    ).one()  # fmt: skip
    deposit = Deposit(*row[3:7], row.kind, row.reason_code, row.ended_at) if row.id else None
    return Account(row.state, row.late_cancelled, row.deposit_fen, deposit)


def asked(connection: sa.Connection, division: str, space_id: UUID, regime: str, price_version: int) -> int:
    """The deposit that a price asks for; the database freezes it on the booking."""
    price = prices.c
    query = sa.select(price.deposit_fen).where(
        price.division_code == division,
        price.space_id == space_id,
        price.regime_code == regime,
        price.version == price_version,
    )
    return connection.execute(query).scalar_one()


def standing_page(
    connection: sa.Connection, division: str, pick_up_code: str | None, page: Page
) -> list[Mapping[str, Any]]:
    """A page of deposits that have not ended, with their bookings; one row more tells that there is another page."""
    taken, ended, booking = deposits.c, deposit_endings.c, bookings.c
    key = (taken.taken_at, taken.id)
    query = (
        sa.select(
            taken.id, taken.amount_fen, taken.taken_at, taken.booking_id, booking.pick_up_code, booking.starts_at,
            booking.ends_at, booking.tz, booking.state, spaces.c.name_zh, spaces.c.name_en,
        )
        .join_from(
            deposits, bookings, (booking.division_code == taken.division_code) & (booking.id == taken.booking_id)
        )
        .join(spaces, (spaces.c.division_code == booking.division_code) & (spaces.c.id == booking.space_id))
        .outerjoin(deposit_endings, (ended.division_code == taken.division_code) & (ended.deposit_id == taken.id))
        .where(taken.division_code == division, ended.deposit_id.is_(None), page.clause(*key))
    )  # fmt: skip
    if pick_up_code is not None:
        query = query.where(booking.pick_up_code == pick_up_code)
    return list(connection.execute(query.order_by(*key).limit(page.limit + 1)).mappings())


def insert(work: UnitOfWork, booking: Booking, deposit: Deposit, before: Deposit | None, on: date) -> None:
    """Store a deposit taken; a later one names the ended one it follows."""
    work.execute(
        sa.insert(deposits).values(
            division_code=work.division,
            id=deposit.deposit_id,
            booking_id=booking.booking_id,
            venue_id=booking.venue_id,
            attempt=deposit.attempt,
            after_deposit_id=before.deposit_id if before else None,
            amount_fen=deposit.amount_fen,
            method="cash",
            taken_at=deposit.taken_at,
            occurred_on=on,
            taken_by=work.actor.subject,
        )
    )


def insert_ending(
    work: UnitOfWork, booking: Booking, deposit: Deposit, kind: str, reason_code: str | None, at: datetime, on: date
) -> None:
    """Store that a deposit is over, whole."""
    work.execute(
        sa.insert(deposit_endings).values(
            division_code=work.division,
            deposit_id=deposit.deposit_id,
            booking_id=booking.booking_id,
            kind=kind,
            reason_code=reason_code,
            amount_fen=deposit.amount_fen,
            ended_at=at,
            occurred_on=on,
            ended_by=work.actor.subject,
        )
    )
