# SPDX-License-Identifier: Apache-2.0
"""What the operator does on the spot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from venue.usecases.money import settlement
from venue.usecases.presence import attendance


def check_in(call: Call, booking_id: str) -> Reply:
    """The guests came."""
    return attendance.check_in(call.deps, call.actor, UUID(booking_id), call)


def check_out(call: Call, booking_id: str) -> Reply:
    """The guests left."""
    return attendance.check_out(call.deps, call.actor, UUID(booking_id), call)


def settle_booking(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Take the money."""
    return settlement.settle_booking(call.deps, call.actor, UUID(booking_id), body["method"], body["amount_fen"], call)


def reverse_settlement(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Undo taking it."""
    return settlement.reverse_settlement(call.deps, call.actor, UUID(booking_id), body["reason_code"], call)


def refund_settlement(call: Call, booking_id: str) -> Reply:
    """Give it back."""
    return settlement.refund_settlement(call.deps, call.actor, UUID(booking_id), call)
