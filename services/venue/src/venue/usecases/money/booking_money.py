# SPDX-License-Identifier: Apache-2.0
"""Everything about the money of one booking, for its booker and for who serves them."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.money.deposits import Deposit
from venue.store.booking import queries
from venue.store.booking.queries import BookingFilter
from venue.store.money import day_statements, deposits, payments, refunds
from venue.usecases.booking import shapes
from venue.usecases.money import payments as paying

SERVING = frozenset({"venue.operate", "venue.counter"})


def booking_money(deps: Deps, actor: Actor, booking_id: UUID, language: str) -> dict[str, Any]:
    """Price, deposit, settlement, refunds and payments of a booking. Five statements."""
    with deps.database.read(actor) as connection:
        row = queries.booking(connection, actor.division, BookingFilter(booking_id=booking_id))
        if row is None or not (shapes.is_own(row, actor) or actor.permissions & SERVING):
            raise refusals.unknown_booking()
        account = deposits.account(connection, actor.division, booking_id)
        given_back = refunds.of_booking(connection, actor.division, booking_id)
        asked = payments.of_booking(connection, actor.division, booking_id)
        venue = day_statements.venue(connection, actor.division, row["venue_id"])
    assert venue is not None  # the booking's own
    zone = ZoneInfo(row["tz"])
    return {
        "booking_id": str(booking_id),
        "version": row["version"],
        "price_fen": row["price_fen"],
        "deposit_fen": account.deposit_fen,
        "pays_online": bool(venue["pays_online"]) and deps.payments is not None,
        "refund_percent_late": venue["refund_percent_late"],
        "deposit": account.deposit and _deposit(account.deposit, zone),
        "settlement": shapes.booking(row, actor=actor, language=language, now=deps.clock.now())["settlement"],
        "refunds": [
            {
                "refund_id": str(one["id"]),
                "amount_fen": one["amount_fen"],
                "method": one["method"],
                "reason_code": one["reason_code"],
                "refunded_at": shapes.local(one["refunded_at"], zone),
                "executed": one["method"] == "cash" or one["executed_at"] is not None,
            }
            for one in given_back
        ],
        "payments": [paying.shape(one, zone) for one in asked],
    }


def _deposit(deposit: Deposit, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "deposit_id": str(deposit.deposit_id),
        "amount_fen": deposit.amount_fen,
        "state": deposit.ended or "standing",
        "reason_code": deposit.reason_code,
        "taken_at": shapes.local(deposit.taken_at, zone),
        "ended_at": deposit.ended_at and shapes.local(deposit.ended_at, zone),
    }
