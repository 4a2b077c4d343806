# SPDX-License-Identifier: Apache-2.0
"""Holds are confirmed in time or lapse; requests lapse when their time begins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import events
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking
from venue.store.booking import bookings, holds, occupancies
from venue.usecases.booking.acquiring import give_to_the_next
from venue.usecases.booking.change_booking import change_booking
from venue.usecases.booking.shapes import owns
from venue.usecases.waiting.freed import offer_answered


def confirm_booking(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Turn a hold into a booking: one's own, or any at the counter. Too late is a 409 ``hold_expired``."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        confirmed = rules.confirm(booking, deps.clock.now())
        channel = "self" if owns(booking, actor) else "counter"
        bookings.save(work, confirmed)
        occupancies.keep(work, booking_id)
        offer_answered(deps, work, booking_id, "accepted")
        work.outbox.add(events.confirmed(confirmed, channel))
        work.audit("booking.confirmed", "booking", booking_id, {"channel": channel}, attempt.request_id)

    return change_booking(
        deps,
        actor,
        booking_id,
        attempt,
        "confirm_booking",
        act,
        may=lambda booking: owns(booking, actor) or "venue.counter" in actor.permissions,
    )


def lapse_holds(deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """End every hold that has run out and offer its time to who waits."""
    for hold in holds.lapse_due(work, now):
        give_to_the_next(deps, work, hold)


def lapse_requests(_deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """End every request whose time begins undecided and tell whose it was; it held only its quotas and equipment."""
    for booking_id in holds.lapse_requests(work, now):
        booking = bookings.lock(work, booking_id)
        assert booking is not None  # bookings are never deleted
        work.outbox.add(events.request_lapsed(booking))
