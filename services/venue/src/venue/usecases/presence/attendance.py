# SPDX-License-Identifier: Apache-2.0
"""Check guests in and out: by the code they say, by the code on the door, or from the day's list.

What was noted while the network was away is applied in ``usecases.offline_check_ins``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.errors import AppError
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import events, refusals
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking
from venue.domain.presence import door, presence_refusals
from venue.store.booking import bookings, offers
from venue.store.presence import check_ins, doors
from venue.store.presence.check_ins import CheckIn
from venue.usecases.booking.change_booking import answer, change_booking
from venue.usecases.on_behalf import person
from venue.usecases.one_act import one_act

BY_CODE, AT_THE_DOOR, BY_LIST = "pick_up_code", "door_code", "list"


@dataclass(frozen=True)
class Ticked:
    """A booking ticked off on the day's list, as its version was seen there."""

    booking_id: UUID
    version: int


def check_in(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Note that the guests came."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        note(work, booking, BY_CODE, deps.clock.now(), attempt)

    return change_booking(deps, actor, booking_id, attempt, "check_in", act)


def check_out(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Note that the guests left."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        changed = rules.check_out(booking, deps.clock.now())
        bookings.save(work, changed)
        work.outbox.add(events.checked_out(changed))
        work.audit("booking.checked_out", "booking", booking_id, request_id=attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "check_out", act)


def check_in_here(deps: Deps, actor: Actor, space_id: UUID, code: str, attempt: Attempt) -> Reply:
    """Check one's own booking in with the code that the room's door shows at this moment."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        room = offers.room(work, space_id)
        if room is None:
            raise refusals.unknown_space()
        secret = doors.secret_of(work.connection, work.division, room.venue_id)
        if secret is None or not door.is_current(code, secret, space_id, now):
            raise presence_refusals.door_code_expired()
        booking_id = check_ins.own_in_space(work, person(actor), space_id, now)
        booking = bookings.lock(work, booking_id) if booking_id else None
        if booking is None:
            raise presence_refusals.nothing_to_check_in()
        note(work, booking, AT_THE_DOOR, now, attempt)
        return answer(deps, work, booking.booking_id, attempt.language)

    return one_act(deps, actor, attempt, "check_in_here", act)


def check_in_many(deps: Deps, actor: Actor, ticked: Sequence[Ticked], attempt: Attempt) -> Reply:
    """Check in whoever was ticked off; each one tells what became of it, and one refusal hinders no other."""

    def act(work: UnitOfWork) -> dict[str, Any]:
        in_order = sorted(set(ticked), key=lambda one: one.booking_id)  # as every writer locks several
        return {"items": [_tick(deps, work, one, attempt) for one in in_order]}

    return one_act(deps, actor, attempt, "check_in_many", act)


def _tick(deps: Deps, work: UnitOfWork, one: Ticked, attempt: Attempt) -> dict[str, Any]:
    try:
        booking = bookings.lock(work, one.booking_id)
        if booking is None:
            raise refusals.unknown_booking()
        refusals.expect_version(booking.version, one.version)
        note(work, booking, BY_LIST, deps.clock.now(), attempt)
    except AppError as refusal:
        return result(one.booking_id, "refused", refusal.code)
    return result(one.booking_id, "accepted", None)


def result(booking_id: UUID | None, outcome: str, code: str | None) -> dict[str, Any]:
    """Shape what became of one of several check-ins."""
    return {"booking_id": str(booking_id) if booking_id else None, "outcome": outcome, "code": code}


def note(work: UnitOfWork, booking: Booking, way: str, now: datetime, attempt: Attempt) -> Booking:
    """Store and tell that the guests came. Raises the rule's refusal before anything is written."""
    changed = rules.check_in(booking, now)
    check_ins.insert(work, CheckIn(way, happened_at=now, recorded_at=now, booking_id=booking.booking_id))
    tell(work, changed, way, attempt)
    return changed


def tell(work: UnitOfWork, changed: Booking, way: str, attempt: Attempt) -> None:
    """Store the booking as checked in, with its event and its trace."""
    bookings.save(work, changed)
    work.outbox.add(events.checked_in(changed))
    work.audit("booking.checked_in", "booking", changed.booking_id, {"way": way}, attempt.request_id)
