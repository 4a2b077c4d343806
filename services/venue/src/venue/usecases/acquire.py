# SPDX-License-Identifier: Apache-2.0
"""Make sure that a booking somebody has just paid for is theirs."""

from __future__ import annotations

from uuid import UUID

from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain.booking import Booking
from venue.store import bookings

THEIRS = ("confirmed", "checked_in", "checked_out")


def secure(deps: Deps, work: UnitOfWork, booking_id: UUID) -> Booking | None:
    """Return the booking where it stands; None where it is over and its time gone."""
    booking = bookings.lock(work, booking_id)
    return booking if booking is not None and booking.state in THEIRS else None
