# SPDX-License-Identifier: Apache-2.0
"""What the ledger is told of deposits and refunds, as contracts/events/venue/ describes it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.events import Event

from venue.domain.booking.booking import Booking
from venue.domain.money.refunds import Refund

_TYPE = "linli.venue.booking.{}.v1"


def deposit_taken(booking: Booking, deposit_id: UUID, amount_fen: int, on: date, names: dict[str, str]) -> Event:
    """A deposit was taken: money that is somebody else's."""
    return _event("deposit_taken", booking, {"deposit_id": deposit_id, **_money(booking, amount_fen, on, names)})


def deposit_refunded(booking: Booking, deposit_id: UUID, amount_fen: int, on: date, names: dict[str, str]) -> Event:
    """The whole deposit was given back."""
    return _event("deposit_refunded", booking, {"deposit_id": deposit_id, **_money(booking, amount_fen, on, names)})


def deposit_kept(
    booking: Booking, deposit_id: UUID, amount_fen: int, on: date, names: dict[str, str], reason_code: str
) -> Event:
    """The whole deposit was kept and so became income."""
    data = {"deposit_id": deposit_id, "reason_code": reason_code, **_money(booking, amount_fen, on, names)}
    return _event("deposit_kept", booking, data)


def refunded(booking: Booking, refund: Refund, on: date, names: dict[str, str]) -> Event:
    """A settlement was given back, in part or whole."""
    data = {
        "settlement_id": refund.settlement_id,
        "refund_id": refund.refund_id,
        "reason_code": refund.reason_code,
        "method": refund.method,
    }
    return _event("refunded", booking, data | _money(booking, refund.amount_fen, on, names))


def _money(booking: Booking, amount_fen: int, on: date, names: dict[str, str]) -> dict[str, object]:
    return {
        "booking_id": booking.booking_id,
        "venue_id": booking.venue_id,
        "person_id": booking.person_id,
        **names,
        "occurred_on": on,
        "amount_fen": amount_fen,
        "currency": "CNY",
    }


def _event(happened: str, booking: Booking, data: dict[str, object]) -> Event:
    return Event(_TYPE.format(happened), booking.booking_id, booking.version, data)
