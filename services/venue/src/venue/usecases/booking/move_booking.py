# SPDX-License-Identifier: Apache-2.0
"""Move a booking to another room or time of its venue: all or nothing, judged and priced like a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import events, refusals
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking, Terms, Wish
from venue.domain.money.payments import may_reprice
from venue.store import due
from venue.store.booking import bookings, holdings, offers, queries
from venue.store.booking.occupancies import Freed
from venue.store.booking.offers import Room
from venue.store.booking.queries import BookingFilter
from venue.store.venues import equipment
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.booking.acquiring import acquire_instead, taken, takings, tell_freed, use_quotas
from venue.usecases.booking.change_booking import change_booking
from venue.usecases.booking.placing import REQUESTS, times_of
from venue.usecases.booking.shapes import owns


@dataclass(frozen=True)
class MoveBooking:
    """Where to. Without a room the booking stays in its own."""

    starts_at: datetime
    ends_at: datetime
    space_id: UUID | None = None
    split: bool = False


def move_booking(deps: Deps, actor: Actor, booking_id: UUID, command: MoveBooking, attempt: Attempt) -> Reply:
    """Move one's own booking, or any at the counter. Where the new time is taken the booking stays as it was."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        move_in(deps, work, booking, command, attempt, at_counter=not owns(booking, actor))

    return change_booking(
        deps,
        actor,
        booking_id,
        attempt,
        "move_booking",
        act,
        may=lambda booking: owns(booking, actor) or "venue.counter" in actor.permissions,
    )


def move_in(
    deps: Deps, work: UnitOfWork, booking: Booking, command: MoveBooking, attempt: Attempt, *, at_counter: bool
) -> Booking:
    """Move a locked booking inside somebody's transaction.

    Raises like ``place_booking``; the caller rolls back then (to a savepoint where it goes on).
    """
    now = deps.clock.now()
    before = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking.booking_id))
    room = offers.room(work, command.space_id or booking.space_id, booking.person_id)
    if room is None or before is None:
        raise refusals.unknown_space()
    terms = _judge(booking, command, room, now, party_size=before["party_size"], at_counter=at_counter)
    may_reprice(booking, terms.price_fen)
    moved = _moved(booking, command, room, terms)
    row = {**before, **times_of(command.starts_at, command.ends_at, room, terms)}
    given_back = _take_instead(deps, work, moved, row, room, terms, now, attempt.language)
    work.outbox.add(events.moved(moved, booking))
    work.audit("booking.moved", "booking", booking.booking_id, {"space_id": room.space_id}, attempt.request_id)
    tell_freed(deps, work, given_back)
    return moved


def _judge(
    booking: Booking, command: MoveBooking, room: Room, now: datetime, *, party_size: int | None, at_counter: bool
) -> Terms:
    if room.venue_id != booking.venue_id:
        raise refusals.moves_within_the_venue()
    rules.may_move(booking, now, late_cancel_minutes=room.offer.late_cancel_minutes, at_counter=at_counter)
    wish = Wish(command.starts_at, command.ends_at, party_size, command.split, at_counter, booking.group_id is not None)
    terms = rules.granted(rules.judge(room.offer, wish, now))
    if terms.needs_approval and booking.state == "confirmed":
        raise refusals.move_needs_approval()
    return terms


def _moved(booking: Booking, command: MoveBooking, room: Room, terms: Terms) -> Booking:
    return replace(
        booking,
        version=booking.version + 1,
        space_id=room.space_id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        regime=terms.regime,
        price_fen=terms.price_fen,
        parts=terms.parts if terms.is_split else (),
    )


def _take_instead(
    deps: Deps,
    work: UnitOfWork,
    moved: Booking,
    row: dict[str, Any],
    room: Room,
    terms: Terms,
    now: datetime,
    language: str,
) -> list[Freed]:
    """Take the new time and give the old one back, never changing a row of what is held; return what became free."""
    wishes = _equipment(work, moved.booking_id)
    held = holdings.of(work, [moved.booking_id])
    bookings.save_times(work, moved, row, terms.parts if terms.is_split else ())
    waits = moved.state == "requested"
    if waits:
        due.set_alarm(work, REQUESTS, moved.starts_at)
    given_up = acquire_instead(deps, work, held, () if waits else takings(row, room.atom_ids), now)
    if given_up is None:
        raise taken(work, row, room, None if terms.is_split else terms.regime, now, language)
    equipment.release_equipment(work, moved.booking_id)
    if wishes:
        times = (moved.starts_at, moved.ends_at)
        equipment.take_equipment(work, moved.booking_id, room.venue_id, wishes, *times, now)
    use_quotas(work, row, room, terms.parts, moved=True)
    return given_up


def _equipment(work: UnitOfWork, booking_id: UUID) -> list[EquipmentWish]:
    rows = equipment.taken_by(work.connection, work.division, booking_id)
    return [EquipmentWish(row["equipment_id"], row["quantity"]) for row in rows]
