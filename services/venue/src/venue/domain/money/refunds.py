# SPDX-License-Identifier: Apache-2.0
"""How much of what was paid is given back when a booking falls away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from venue.domain import refusals
from venue.domain.booking.booking import Booking, Settlement, standing_settlement
from venue.domain.money import money_refusals

LATE = "late_cancelled"
NOT_AVAILABLE = "not_available"
WHOLE = 100
SOON = timedelta(seconds=1)


@dataclass(frozen=True)
class Refund:
    """Money given back of a settlement, continuing what was given back before."""

    refund_id: UUID
    settlement_id: UUID
    paid_fen: int
    before_fen: int
    amount_fen: int
    method: str
    reason_code: str


@dataclass(frozen=True)
class Owed:
    """Money that the provider has yet to give back: of a refund, or the whole of a payment that pays for nothing."""

    number: UUID  # the refund's id, or the payment's own
    payment_id: UUID
    amount_fen: int


def owed(paid_fen: int, before_fen: int, percent: int) -> int:
    """The percentage decided when the booking ended, rounded down to the fen. Never more than is left."""
    return max(0, min(paid_fen * percent // 100, paid_fen) - before_fen)


def reason(state: str, *, late: bool) -> str:
    """Name why a paid booking of this end state is refunded. A guest who stayed away is not."""
    if state == "cancelled":
        return LATE if late else "cancelled"
    return {"declined": "declined", "lapsed": NOT_AVAILABLE}[state]


def may_give_back(booking: Booking, refunded_fen: int) -> None:
    """Judge giving all of it back to guests who were let in: once. Who has not come is refunded by cancelling."""
    standing_settlement(booking)
    if booking.state not in ("checked_in", "checked_out"):
        raise refusals.wrong_state(booking.state)
    if refunded_fen:
        raise money_refusals.already_refunded()


def may_reverse(settlement: Settlement, refunded_fen: int) -> None:
    """Judge undoing a settlement as a mistake: only what was taken by hand, and of which nothing was given back."""
    if refunded_fen:
        raise money_refusals.already_refunded()
    if settlement.method == "online":
        raise money_refusals.paid_online()
