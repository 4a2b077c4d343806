# SPDX-License-Identifier: Apache-2.0
"""Paying online: the payer's side, the provider's callback, and the sandbox's own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from venue.usecases.money import payment_outcome, payments, sandbox


def start_payment(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Ask to pay one's own booking."""
    amount, currency = body["amount_fen"], body["currency"]
    return payments.start_payment(call.deps, call.actor, UUID(booking_id), amount, currency, call)


def get_payment(call: Call, payment_id: str) -> dict[str, Any]:
    """What became of it."""
    return payments.get_payment(call.deps, call.actor, UUID(payment_id))


def payment_callback(call: Call, provider: str, body: dict[str, Any]) -> dict[str, Any]:
    """The provider tells. Public by address, private by signature."""
    outcome = payment_outcome.receive_callback(
        call.deps, provider, body["payload"], body["timestamp"], body["signature"]
    )
    return {"outcome": outcome}


def decide_sandbox_payment(call: Call, payment_id: str, body: dict[str, Any]) -> Reply:
    """Confirm or refuse in the sandbox."""
    return sandbox.decide_sandbox_payment(call.deps, call.actor, UUID(payment_id), body["outcome"], call)
