# SPDX-License-Identifier: Apache-2.0
"""Apply check-ins that a device noted while the network was away: each nonce once, however often it is sent.

The device's clock says when it happened. Who came in the grace time keeps the room, even where it was released
meanwhile for want of this very news, unless somebody else has it by now. What the room came with comes again as far as
it is still there; where it is not, the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.errors import AppError
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.booking import Booking
from venue.domain.presence import presence, presence_refusals
from venue.store.booking import bookings
from venue.store.booking.occupancies import Taking
from venue.store.presence import check_ins
from venue.store.presence.check_ins import CheckIn
from venue.store.venues.equipment import EquipmentWish, had_before, take_equipment
from venue.usecases.booking.acquiring import acquire
from venue.usecases.one_act import one_act
from venue.usecases.presence import attendance, marks

OFFLINE = "offline"
EQUIPMENT_LOST = "equipment_given_away"


@dataclass(frozen=True)
class Note:
    """One check-in as the device noted it: by booking, or by the code that was said."""

    nonce: UUID
    happened_at: datetime
    booking_id: UUID | None = None
    pick_up_code: str | None = None


def apply(deps: Deps, actor: Actor, device: str, notes: Sequence[Note], attempt: Attempt) -> Reply:
    """Apply what can be applied and tell for each note what became of it."""

    def act(work: UnitOfWork) -> dict[str, Any]:
        codes = check_ins.by_codes(work, [one.pick_up_code for one in notes if one.pick_up_code])
        found = [(_meant(note, codes), place, note) for place, note in enumerate(notes)]
        found.sort(key=lambda one: (str(one[0] or ""), one[1]))  # as every writer locks several
        done = {place: _apply(deps, work, device, booking_id, note, attempt) for booking_id, place, note in found}
        return {"items": [{"nonce": str(note.nonce), **done[place]} for place, note in enumerate(notes)]}

    return one_act(deps, actor, attempt, "send_offline_check_ins", act)


def _meant(note: Note, codes: dict[str, list[check_ins.Coded]]) -> UUID | None:
    """Which booking a note is about; of several with one code, that which is nearest in time."""
    if note.booking_id is not None:
        return note.booking_id
    nearest = min(
        codes.get(note.pick_up_code or "", ()), key=lambda one: abs(one.starts_at - note.happened_at), default=None
    )
    return nearest.booking_id if nearest else None


def _apply(
    deps: Deps, work: UnitOfWork, device: str, booking_id: UUID | None, note: Note, attempt: Attempt
) -> dict[str, Any]:
    now = deps.clock.now()
    if not check_ins.claim(work, CheckIn(OFFLINE, note.happened_at, now, None, device, note.nonce)):
        earlier = check_ins.of_nonce(work, note.nonce)
        return attendance.result(earlier["booking_id"], "duplicate", earlier["refused_code"])
    try:
        with work.savepoint():
            booking = _locked(work, booking_id)
            lost = _come(deps, work, booking, note.happened_at, now, attempt)
    except AppError as refusal:
        known = booking_id if refusal.code != "booking_not_found" else None
        check_ins.conclude(work, note.nonce, known, refusal.code)
        return attendance.result(known, "refused", refusal.code)
    check_ins.conclude(work, note.nonce, booking_id, None)
    return attendance.result(booking_id, "accepted", EQUIPMENT_LOST if lost else None)


def _locked(work: UnitOfWork, booking_id: UUID | None) -> Booking:
    booking = bookings.lock(work, booking_id) if booking_id else None
    if booking is None:
        raise refusals.unknown_booking()
    return booking


def _come(
    deps: Deps, work: UnitOfWork, booking: Booking, happened_at: datetime, now: datetime, attempt: Attempt
) -> bool:
    """Check the guests in, in a released room too; tell whether some of what the room came with is gone."""
    lost = False
    grace = timedelta(minutes=check_ins.grace_minutes(work, booking.venue_id))
    changed = presence.came(booking, happened_at, grace, now)
    if booking.state == "no_show":
        wanted = [Taking(*row, booking_id=booking.booking_id) for row in check_ins.released(work, booking)]
        if not wanted or not acquire(deps, work, wanted, now):
            raise presence_refusals.given_away()
        lost = not all(
            [_again(work, booking, wish, now) for wish in had_before(work.connection, work.division, booking)]
        )
        marks.withdraw(work, booking.booking_id, "checked_in_offline", now)
    attendance.tell(work, changed, OFFLINE, attempt)
    return lost


def _again(work: UnitOfWork, booking: Booking, wish: EquipmentWish, now: datetime) -> bool:
    """Take an equipment for a booking once more; False where somebody else has it by now."""
    try:
        with work.savepoint():
            times = (booking.starts_at, booking.ends_at)
            take_equipment(work, booking.booking_id, booking.venue_id, [wish], *times, now)
    except AppError:
        return False
    return True
