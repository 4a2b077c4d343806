# SPDX-License-Identifier: Apache-2.0
"""Apply what a provider tells of a payment, whoever carried it here and however often."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts

from venue.deps import Deps
from venue.domain.money import money_refusals
from venue.domain.money import payments as rules
from venue.domain.money.payments import Intent
from venue.payments.provider import NotGenuine, Told
from venue.store import due
from venue.store.booking import bookings
from venue.store.money import payments
from venue.usecases.money import paid_bookings
from venue.usecases.money.money import settle
from venue.usecases.money.refunds import ASK_PROVIDER

ASK_LATE = "late_payments"


def receive_callback(deps: Deps, provider: str, payload: str, timestamp: int, signature: str) -> str:
    """Check that a message is the provider's own and apply it. What is not genuine finds nothing here.

    The community is the one our own reference names, and that reference is inside what the provider signed.
    """
    if deps.payments is None or deps.payments.name != provider:
        raise money_refusals.callback_not_genuine()
    try:
        told = deps.payments.read(payload, timestamp, signature)
        division, _ = rules.parse_reference(told.reference)
    except (NotGenuine, ValueError) as error:
        raise money_refusals.callback_not_genuine() from error
    return apply_told(deps, Actor.system(division, "payment_callback"), told)


def apply_told(deps: Deps, actor: Actor, told: Told) -> str:
    """Apply a telling in one transaction, at most once for each of the provider's event ids; say what it led to."""

    def once() -> str:
        with deps.unit_of_work(actor) as work:
            _, payment_id = rules.parse_reference(told.reference)
            outcome = _apply(deps, work, payment_id, told)
            work.commit()
            return outcome

    return retry_conflicts(once)


def _apply(deps: Deps, work: UnitOfWork, payment_id: UUID, told: Told) -> str:
    known = payments.find(work.connection, work.division, payment_id)
    if known is None:
        raise money_refusals.unknown_payment()
    bookings.lock(work, known["booking_id"])
    intent = payments.lock(work, payment_id)
    assert intent is not None and deps.payments is not None  # found above; told by the provider
    outcome, now = rules.outcome(intent, told.kind, told.amount_fen, told.currency), deps.clock.now()
    event = {
        "event_id": told.event_id,
        "intent_id": payment_id,
        "kind": told.kind,
        "amount_fen": told.amount_fen,
        "currency": told.currency,
        "outcome": outcome,
    }
    if not payments.note_event(work, deps.payments.name, event, now):
        return "repeated"
    if outcome == "succeed":
        outcome = _succeed(deps, work, intent)
    elif outcome == "wrong_amount":
        _send_back(deps, work, intent, told.amount_fen, "amount_differs")
    elif outcome == "fail":
        payments.change(work, payment_id, now, state="failed", failure_code="refused")
    elif outcome == "expire":
        expire(work, payment_id, now)
    work.audit("payment.told", "payment", payment_id, {"event_id": told.event_id, "outcome": outcome})
    return outcome


def expire(work: UnitOfWork, payment_id: UUID, now: datetime) -> None:
    """Stop waiting for the payer of a locked payment. For a day it is asked for all the same, rarely."""
    payments.change(work, payment_id, now, state="expired")
    due.set_alarm(work, ASK_LATE, rules.next_late_round(now))


def _succeed(deps: Deps, work: UnitOfWork, intent: Intent) -> str:
    """Settle the booking; where it can no longer be had or was paid in cash meanwhile, send the money back."""
    booking = paid_bookings.secure(deps, work, intent.booking_id)
    if booking is None:
        _send_back(deps, work, intent, intent.amount_fen, "not_available")
        return "sent_back"
    if booking.settlement is not None and booking.settlement.reversed_at is None:
        _send_back(deps, work, intent, intent.amount_fen, "already_settled")
        return "sent_back"
    if booking.price_fen != intent.amount_fen:  # it was moved while the payer decided
        _send_back(deps, work, intent, intent.amount_fen, "amount_differs")
        return "sent_back"
    now = deps.clock.now()
    _, settlement = settle(work, booking, intent.amount_fen, "online", now)
    payments.change(
        work, intent.payment_id, now, state="succeeded", settlement_id=settlement.settlement_id, failure_code=None
    )
    detail = {"settlement_id": settlement.settlement_id, "amount_fen": intent.amount_fen}
    work.audit("booking.settled", "booking", intent.booking_id, detail)
    return "settled"


def _send_back(deps: Deps, work: UnitOfWork, intent: Intent, amount_fen: int, code: str) -> None:
    """Money we cannot use never enters the books: it goes back whole, by the worker."""
    now = deps.clock.now()
    payments.change(work, intent.payment_id, now, state="failed", failure_code=code, to_return_fen=amount_fen)
    due.set_alarm(work, ASK_PROVIDER, now)
