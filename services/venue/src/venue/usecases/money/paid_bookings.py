# SPDX-License-Identifier: Apache-2.0
"""Make sure that a booking somebody has just paid for is theirs, although its hold may have run out meanwhile."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.errors import AppError
from sqlalchemy.exc import IntegrityError

from venue.deps import Deps
from venue.domain import events
from venue.domain.booking.booking import Booking, Part
from venue.store.booking import bookings, occupancies, offers, queries
from venue.store.booking.queries import BookingFilter
from venue.store.venues import equipment
from venue.usecases.booking.acquiring import Row, acquire, takings, use_quotas
from venue.usecases.waiting.freed import offer_answered

THEIRS = ("confirmed", "checked_in", "checked_out")


def secure(deps: Deps, work: UnitOfWork, booking_id: UUID) -> Booking | None:
    """Return the booking where it stands; confirm a hold, take a lapsed one's time again; None where it is gone."""
    booking = bookings.lock(work, booking_id)
    if booking is None or booking.state in THEIRS:
        return booking
    if booking.state == "held":  # ours as long as nobody has ended it, whatever the clock says
        occupancies.keep(work, booking_id)
        offer_answered(deps, work, booking_id, "accepted")
        return _confirm(work, booking)
    if booking.state != "lapsed" or booking.starts_at <= deps.clock.now():
        return None
    return _take_again(deps, work, booking)


def _take_again(deps: Deps, work: UnitOfWork, booking: Booking) -> Booking | None:
    """All or nothing, in the one way atoms are taken; equipment that was given back is not promised a second time."""
    room = offers.room(work, booking.space_id)
    row = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking.booking_id))
    if room is None or row is None or equipment.was_wanted(work, booking.booking_id):
        return None
    savepoint = work.savepoint()
    try:
        if acquire(deps, work, takings(row, room.atom_ids), deps.clock.now()):
            use_quotas(work, row, room, booking.parts or [_whole(row)])
            confirmed = _confirm(work, booking)
            savepoint.commit()
            return confirmed
    except (AppError, IntegrityError):  # a quota, or another booking's pick-up code
        pass
    savepoint.rollback()
    return None


def _whole(row: Row) -> Part:
    return Part(
        row["starts_at"],
        row["ends_at"],
        row["regime_code"],
        row["price_version"],
        row["price_fen_per_hour"],
        row["price_fen"],
    )


def _confirm(work: UnitOfWork, booking: Booking) -> Booking:
    confirmed = replace(booking, version=booking.version + 1, state="confirmed", hold_expires_at=None)
    bookings.save(work, confirmed)
    work.outbox.add(events.confirmed(confirmed, "self"))
    work.audit("booking.confirmed", "booking", booking.booking_id, {"paid": True})
    return confirmed
