# SPDX-License-Identifier: Apache-2.0
"""Start a payment, and let the payer look at it. Nothing here speaks to a provider: the worker does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.booking import Booking
from venue.domain.money import money_refusals
from venue.domain.money import payments as payment_rules
from venue.domain.money.payments import Intent
from venue.store import due
from venue.store.booking import bookings, occupancies
from venue.store.money import day_statements, payments
from venue.store.waiting import waiting
from venue.usecases.booking import shapes
from venue.usecases.booking.placing import HOLDS
from venue.usecases.money.refunds import ASK_PROVIDER
from venue.usecases.one_act import one_act


def start_payment(
    deps: Deps, actor: Actor, booking_id: UUID, amount_fen: int, currency: str, attempt: Attempt
) -> Reply:
    """Store the wish to pay one's own booking online; a provider is asked within a second, after the commit."""

    def act(work: UnitOfWork) -> dict[str, Any]:
        booking = bookings.lock(work, booking_id)
        if booking is None or str(booking.person_id) != actor.subject:
            raise refusals.unknown_booking()
        refusals.expect_version(booking.version, attempt.if_match)
        payment_rules.may_start(booking, amount_fen, currency)
        return _start(deps, work, booking, attempt)

    return one_act(deps, actor, attempt, "start_payment", act, 201)


def _start(deps: Deps, work: UnitOfWork, booking: Booking, attempt: Attempt) -> dict[str, Any]:
    venue = day_statements.venue(work.connection, work.division, booking.venue_id)
    assert venue is not None  # the booking's own
    if deps.payments is None or not venue["pays_online"]:
        raise money_refusals.pays_on_the_spot()
    now = deps.clock.now()
    is_first = not payments.of_booking(work.connection, work.division, booking.booking_id)
    good_until, held_until = payment_rules.times(booking, now, is_first=is_first)
    intent = Intent(
        payment_id=uuid7(),
        booking_id=booking.booking_id,
        amount_fen=booking.price_fen,
        currency=payment_rules.CNY,
        state="created",
        expires_at=good_until,
        provider=deps.payments.name,
    )
    if not payments.insert(work, booking.venue_id, intent, now):
        raise money_refusals.payment_open(payments.open_of(work.connection, work.division, booking.booking_id))
    due.set_alarm(work, ASK_PROVIDER, now)
    if held_until != booking.hold_expires_at:
        _prolong(work, booking, held_until)
    detail = {"booking_id": booking.booking_id, "amount_fen": intent.amount_fen}
    work.audit("payment.started", "payment", intent.payment_id, detail, attempt.request_id)
    row = payments.find(work.connection, work.division, intent.payment_id)
    assert row is not None  # stored above
    return shape(row, ZoneInfo(booking.tz))


def _prolong(work: UnitOfWork, booking: Booking, until: datetime) -> None:
    """Keep the room as long as its payer has time to pay. Its version stays: nothing anybody decided has changed."""
    bookings.save(work, replace(booking, hold_expires_at=until))
    occupancies.prolong(work, booking.booking_id, until)
    due.set_alarm(work, HOLDS, until)
    offered = waiting.lock_offered(work, booking.booking_id)
    if offered is not None:
        waiting.save(work, replace(offered, offer_expires_at=until))
    work.audit("booking.hold_prolonged", "booking", booking.booking_id, {"until": until.isoformat()})


def get_payment(deps: Deps, actor: Actor, payment_id: UUID) -> dict[str, Any]:
    """A payment of one's own booking."""
    with deps.database.read(actor) as connection:
        row = payments.find(connection, actor.division, payment_id)
        venue = row and day_statements.venue(connection, actor.division, row["venue_id"])
    if row is None or venue is None or row["created_by"] != actor.subject:
        raise money_refusals.unknown_payment()
    return shape(row, ZoneInfo(venue["tz"]))


def shape(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """What the payer sees of a payment; the way to pay while it waits for them."""
    return {
        "payment_id": str(row["id"]),
        "booking_id": str(row["booking_id"]),
        "state": row["state"],
        "amount_fen": row["amount_fen"],
        "currency": row["currency"],
        "provider": row["provider"],
        "pay_url": row["pay_url"] if row["state"] == "pending" else None,
        "failure_code": row["failure_code"],
        "expires_at": shapes.local(row["expires_at"], zone),
    }
