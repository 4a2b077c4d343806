# SPDX-License-Identifier: Apache-2.0
"""Take a booking back until it starts: one's own, or any at the counter."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import events
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking
from venue.domain.presence.marks import LATE_CANCEL
from venue.store.booking import bookings
from venue.store.venues import queries as venue_queries
from venue.usecases.booking.acquiring import give_up
from venue.usecases.booking.change_booking import change_booking
from venue.usecases.booking.shapes import owns
from venue.usecases.presence import marks
from venue.usecases.waiting.freed import offer_answered


def cancel_booking(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt, reason: str | None = None) -> Reply:
    """Cancel; the time is free for others, and for the public's eyes, with the same commit.

    Too shortly before the start it is noted as late, unless staff does it.
    """

    def act(work: UnitOfWork, booking: Booking) -> None:
        cancel_in(deps, work, booking, attempt, by_staff=not owns(booking, actor), reason=reason)

    return change_booking(
        deps,
        actor,
        booking_id,
        attempt,
        "cancel_booking",
        act,
        may=lambda booking: owns(booking, actor) or "venue.counter" in actor.permissions,
    )


def cancel_in(
    deps: Deps, work: UnitOfWork, booking: Booking, attempt: Attempt, *, by_staff: bool, reason: str | None = None
) -> Booking:
    """Cancel a locked booking inside somebody's transaction. A hold ends silently: nobody was told of it."""
    late_minutes = venue_queries.late_cancel_minutes(work.connection, work.division, booking.venue_id)
    now, channel = deps.clock.now(), "counter" if by_staff else "self"
    cancelled = rules.cancel(booking, now, late_cancel_minutes=late_minutes, by_staff=by_staff, reason=reason)
    bookings.save(work, cancelled)
    if booking.state == "held":
        offer_answered(deps, work, booking.booking_id, "left")
    else:
        work.outbox.add(events.cancelled(cancelled, channel))
    if cancelled.late_cancelled:
        marks.give(work, cancelled, LATE_CANCEL, now)
    detail = {"channel": channel, "late": cancelled.late_cancelled}
    work.audit("booking.cancelled", "booking", booking.booking_id, detail, attempt.request_id)
    give_up(deps, work, cancelled)
    return cancelled
