# SPDX-License-Identifier: Apache-2.0
"""Move or cancel one date of a series: its booking is an ordinary booking, and tells so itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.deps import Attempt, Deps
from venue.domain.booking.booking import Booking
from venue.domain.series import series as rules
from venue.domain.series import series_refusals as refused
from venue.domain.series.series import Equipment, Series
from venue.store.booking import bookings, offers
from venue.store.booking.freeing import give_back
from venue.store.series import series as store
from venue.store.tables import atoms, occupancies
from venue.store.venues import equipment
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.booking.cancel_booking import cancel_in
from venue.usecases.booking.move_booking import MoveBooking, move_in
from venue.usecases.series import shapes
from venue.usecases.series.locking import ChangeSeries


def change_one(
    deps: Deps, work: UnitOfWork, one: Series, command: ChangeSeries, now: datetime, attempt: Attempt
) -> Series:
    """Move the booking of one date to another time or room, or equip it otherwise; the series' plan stays as it was."""
    if command.rrule is not None:
        raise refused.one_date_keeps_the_rule()
    booking = _booking(work, one, command.from_date, now)
    if not replace(command, equipment=None).is_empty:
        booking = _move(deps, work, one, booking, command, attempt)
    if command.equipment is not None:
        _equip(work, booking, command.equipment, now, attempt)
    return _touched(work, one)


def _move(
    deps: Deps, work: UnitOfWork, one: Series, booking: Booking, command: ChangeSeries, attempt: Attempt
) -> Booking:
    start, minutes = command.local_start or one.local_start, command.minutes or one.minutes
    room = offers.room(work, command.space_id or booking.space_id)
    rules.check_times(start, minutes, room.offer.longest_minutes if room else minutes)
    at = replace(one.plan, local_start=start, minutes=minutes).on(command.from_date or one.first_date)
    if at.ends_at <= at.starts_at:
        raise refused.not_on_the_clock()
    split = one.split if command.split is None else command.split
    wish = MoveBooking(at.starts_at, at.ends_at, command.space_id, split)
    return move_in(deps, work, booking, wish, attempt, at_counter=_by_staff(work, one))


def _equip(work: UnitOfWork, booking: Booking, wanted: Equipment, now: datetime, attempt: Attempt) -> None:
    """Give one date other equipment, or none. Raises Conflict ``equipment_taken``."""
    of_equipment = sa.select(atoms.c.id).where(atoms.c.division_code == work.division, atoms.c.kind == "equipment")
    held = occupancies.c
    give_back(work, (held.booking_id == booking.booking_id) & held.atom_id.in_(of_equipment))
    equipment.release_equipment(work, booking.booking_id)
    wishes = [EquipmentWish(*each) for each in wanted]
    times = (booking.starts_at, booking.ends_at)
    equipment.take_equipment(work, booking.booking_id, booking.venue_id, wishes, *times, now)
    bookings.save(work, replace(booking, version=booking.version + 1))
    work.audit("booking.equipped", "booking", booking.booking_id, {"kinds": len(wishes)}, attempt.request_id)


def cancel_one(deps: Deps, work: UnitOfWork, one: Series, on: date | None, now: datetime, attempt: Attempt) -> Series:
    """Cancel the booking of one date, by the rules of any booking."""
    booking = _booking(work, one, on, now)
    cancel_in(deps, work, booking, attempt, by_staff=_by_staff(work, one))
    return _touched(work, one)


def _booking(work: UnitOfWork, one: Series, on: date | None, now: datetime) -> Booking:
    if on is None:
        raise refused.date_required()
    booking_id = store.booking_on(work, one.series_id, on)
    booking = bookings.lock(work, booking_id) if booking_id else None
    if booking is None or booking.state not in shapes.TO_COME or booking.starts_at <= now:
        raise refused.no_such_date()
    return booking


def _by_staff(work: UnitOfWork, one: Series) -> bool:
    return not shapes.is_own({"person_id": one.person_id}, work.actor)


def _touched(work: UnitOfWork, one: Series) -> Series:
    touched = replace(one, version=one.version + 1)
    store.save(work, touched)
    return touched
