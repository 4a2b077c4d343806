# SPDX-License-Identifier: Apache-2.0
"""Take a booking back until it starts: one's own, or any at the counter."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import booking as rules
from venue.domain import events
from venue.domain.booking import Booking
from venue.store import bookings
from venue.store.occupancies import release
from venue.usecases.change_booking import change_booking


def cancel_booking(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Cancel; the time is free for others, and for the public's eyes, with the same commit."""

    def is_own(booking: Booking) -> bool:
        return str(booking.person_id) == actor.subject and "venue.book" in actor.permissions

    def act(work: UnitOfWork, booking: Booking) -> None:
        cancelled = rules.cancel(booking, deps.clock.now())
        channel = "self" if is_own(booking) else "counter"
        bookings.save(work, cancelled)
        release(work, booking_id=booking_id)
        work.outbox.add(events.cancelled(cancelled, channel))
        work.audit("booking.cancelled", "booking", booking_id, {"channel": channel}, attempt.request_id)

    return change_booking(
        deps,
        actor,
        booking_id,
        attempt,
        "cancel_booking",
        act,
        may=lambda booking: is_own(booking) or "venue.counter" in actor.permissions,
    )
