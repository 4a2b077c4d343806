# SPDX-License-Identifier: Apache-2.0
"""Paying online: what may be asked of a provider, and what follows from what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from venue.domain import refusals
from venue.domain.booking.booking import Booking
from venue.domain.money import money_refusals

CNY = "CNY"
GOOD_FOR = timedelta(minutes=15)
ASKED_AGAIN_AFTER = timedelta(seconds=15)
DOWN_TRIED_AGAIN_AFTER = timedelta(seconds=30)
REFUSED_TRIED_AGAIN_AFTER = timedelta(minutes=10)
LATE_ROUNDS = timedelta(minutes=10)
LATE_ASKED_FOR = timedelta(days=1)  # who pays in the last second must not be lost with a lost callback
PAYABLE = ("held", "confirmed", "checked_in", "checked_out")
OPEN = ("created", "pending")


@dataclass(frozen=True)
class Intent:
    """A payment as it is now."""

    payment_id: UUID
    booking_id: UUID
    amount_fen: int
    currency: str
    state: str
    expires_at: datetime
    provider: str
    provider_ref: str | None = None
    pay_url: str | None = None
    to_return_fen: int | None = None

    @property
    def number(self) -> UUID:
        """What a page of payments goes by."""
        return self.payment_id

    def is_over(self, now: datetime) -> bool:
        """Tell whether its payer is waited for, and for too long."""
        return self.state in OPEN and self.expires_at <= now


def may_start(booking: Booking, amount_fen: int, currency: str) -> None:
    """Judge starting a payment: renminbi, the frozen price, for a booking that is not paid and not over."""
    if currency != CNY:
        raise money_refusals.currency_not_supported(currency)
    if booking.price_fen == 0:
        raise refusals.nothing_to_settle()
    if booking.settlement is not None and booking.settlement.reversed_at is None:
        raise refusals.already_settled(booking.settlement.receipt_no)
    if booking.state not in PAYABLE:
        raise refusals.wrong_state(booking.state)
    if amount_fen != booking.price_fen:
        raise refusals.amount_differs(booking.price_fen)


def times(booking: Booking, now: datetime, *, is_first: bool) -> tuple[datetime, datetime | None]:
    """Until when a payment started now is good, and until when the hold it is for is kept (None without a hold).

    The first payment keeps a hold as long as the payer has time, though never past the start; a later one prolongs
    nothing, so that nobody keeps a room by beginning to pay. Raises Conflict ``hold_expired``.
    """
    good_until, held_until = now + GOOD_FOR, booking.hold_expires_at
    if held_until is None:
        return good_until, None
    if held_until <= now:
        raise refusals.hold_expired()
    if is_first:
        held_until = max(held_until, min(good_until, booking.starts_at))
    return min(good_until, held_until), held_until


def may_reprice(booking: Booking, price_fen: int) -> None:
    """Judge moving a booking to a time of another price: not once it is paid."""
    is_paid = booking.settlement is not None and booking.settlement.reversed_at is None
    if is_paid and price_fen != booking.price_fen:
        raise money_refusals.paid_at_another_price(booking.price_fen)


def reference(division: str, payment_id: UUID) -> str:
    """What we call a payment when speaking with a provider; it carries the community, for the way back."""
    return f"{division}.{payment_id}"


def parse_reference(text: str) -> tuple[str, UUID]:
    """Read it back. Raises ValueError."""
    division, _, payment_id = text.partition(".")
    if len(division) != 12 or not division.isdigit():
        raise ValueError(text)
    return division, UUID(payment_id)


def late_round(now: datetime) -> datetime:
    """Since when expired payments are asked for: full tens of minutes, so that all that expire share one alarm."""
    return now - (now - datetime.fromtimestamp(0, UTC)) % LATE_ROUNDS


def next_late_round(now: datetime) -> datetime:
    """When expired payments are asked for next."""
    return late_round(now) + LATE_ROUNDS


def outcome(intent: Intent, kind: str, amount_fen: int, currency: str) -> str:
    """Decide what a telling means for a payment: succeed, wrong_amount, fail, expire, or nothing (late or repeated)."""
    if kind == "succeeded":
        if intent.state in ("succeeded", "refunded") or intent.to_return_fen is not None:
            return "repeated"  # what is on its way back pays for nothing any more
        return "succeed" if (amount_fen, currency) == (intent.amount_fen, intent.currency) else "wrong_amount"
    if intent.state not in OPEN:
        return "out_of_order"
    return "fail" if kind == "failed" else "expire"
