# SPDX-License-Identifier: Apache-2.0
"""Requests for rooms given by approval. They hold nothing: of competing ones the first approved has it all."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.pagination import Page
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import events, refusals
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking
from venue.store.booking import bookings, offers, queries
from venue.store.booking.queries import BookingFilter
from venue.store.booking.rivals import rivals_of
from venue.store.venues import requested_equipment
from venue.store.venues.equipment import take_equipment
from venue.usecases.booking import shapes
from venue.usecases.booking.acquiring import acquire, give_up, taken, takings
from venue.usecases.booking.change_booking import change_booking

KEY = (datetime.fromisoformat, UUID)


def list_requests(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """What waits for a decision, earliest start first, each with how many others want the same room and time."""
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        wanted = BookingFilter(state="requested")
        rows = queries.booking_page(connection, actor.division, wanted, page, latest_first=False)
        shown, cursor = page.cut(rows, lambda row: (row["local_start"], row["id"]))
        rivals = rivals_of(connection, actor.division, [row["id"] for row in shown], deps.clock.now())
    items = [
        {
            "booking": shapes.booking(row, actor=actor, language=language, now=now),
            "person_id": str(row["person_id"]),
            "requested_at": shapes.local(row["created_at"], shapes.zone_of(row)),
            "rivals": rivals[row["id"]].requests,
            "is_free": not rivals[row["id"]].is_held,
        }
        for row in shown
    ]
    return {"items": items, "next_cursor": cursor}


def approve_booking(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Grant a request, with the equipment it asked for.

    Where somebody has the room by now it stays a request: 409 ``slot_taken`` with alternatives, or ``equipment_taken``.
    """

    def act(work: UnitOfWork, booking: Booking) -> None:
        now = deps.clock.now()
        approved = rules.approve(booking, now)
        row = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking_id))
        room = offers.room(work, booking.space_id)
        if row is None or room is None:
            raise refusals.unknown_space()
        if not acquire(deps, work, takings(row, room.atom_ids), now):
            raise taken(work, row, room, None if booking.parts else booking.regime, now, attempt.language)
        wishes = requested_equipment.of_booking(work, booking_id)
        take_equipment(work, booking_id, booking.venue_id, wishes, booking.starts_at, booking.ends_at, now)
        bookings.save(work, approved)
        work.outbox.add(events.confirmed(approved, row["channel"], approved=True))
        work.audit("booking.approved", "booking", booking_id, {}, attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "approve_booking", act)


def decline_booking(deps: Deps, actor: Actor, booking_id: UUID, reason: str, attempt: Attempt) -> Reply:
    """Refuse a request; the person reads the reason, events carry none."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        declined = rules.decline(booking, reason)
        bookings.save(work, declined)
        work.outbox.add(events.declined(declined))
        work.audit("booking.declined", "booking", booking_id, {}, attempt.request_id)
        give_up(deps, work, declined)

    return change_booking(deps, actor, booking_id, attempt, "decline_booking", act)
