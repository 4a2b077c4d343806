# SPDX-License-Identifier: Apache-2.0
"""The frame every change of a booking shares: replay, lock, version, act, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.booking import Booking
from venue.store.booking import bookings, queries
from venue.store.booking.queries import BookingFilter
from venue.usecases.booking import shapes
from venue.usecases.one_act import one_act


def change_booking(
    deps: Deps,
    actor: Actor,
    booking_id: UUID,
    attempt: Attempt,
    operation: str,
    act: Callable[[UnitOfWork, Booking], None],
    *,
    may: Callable[[Booking], bool] = lambda booking: True,
) -> Reply:
    """Run ``act`` on the locked booking and answer 200 with the booking as it then is.

    Raises NotFound where there is none or ``may`` says it is not the caller's, PreconditionFailed on another version.
    """

    def changed(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        booking = bookings.lock(work, booking_id)
        if booking is None or not may(booking):
            raise refusals.unknown_booking()
        refusals.expect_version(booking.version, attempt.if_match)
        act(work, booking)
        return answer(deps, work, booking_id, attempt.language)

    return one_act(deps, actor, attempt, operation, changed)


def answer(deps: Deps, work: UnitOfWork, booking_id: UUID, language: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Show the booking as it is now, with its version as the ETag."""
    row = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking_id))
    assert row is not None  # locked above
    shape = shapes.booking(row, actor=work.actor, language=language, now=deps.clock.now())
    return shape, etag(row["version"])
