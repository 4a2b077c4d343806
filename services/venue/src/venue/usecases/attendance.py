# SPDX-License-Identifier: Apache-2.0
"""Check guests in and out."""

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
from venue.usecases.change_booking import change_booking


def check_in(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Note that the guests came."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        changed = rules.check_in(booking, deps.clock.now())
        bookings.save(work, changed)
        work.outbox.add(events.checked_in(changed))
        work.audit("booking.checked_in", "booking", booking_id, request_id=attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "check_in", act)


def check_out(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Note that the guests left."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        changed = rules.check_out(booking, deps.clock.now())
        bookings.save(work, changed)
        work.outbox.add(events.checked_out(changed))
        work.audit("booking.checked_out", "booking", booking_id, request_id=attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "check_out", act)
