# SPDX-License-Identifier: Apache-2.0
"""Release what nobody came for: after the grace time the rest of a booking is free, first for who waited for it.

A round every quarter of a minute sets the alarms of the next minute, and releases what an alarm missed. No booking sets
its own: alarms of bookings that start together are one row, and whoever books would have to wait for everybody else who
is booking the same hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain.presence import marks as mark_rules
from venue.domain.presence import presence, presence_events
from venue.store import due
from venue.store.booking import bookings, occupancies
from venue.store.presence import check_ins
from venue.store.venues.equipment import release_equipment
from venue.usecases.booking.acquiring import tell_freed
from venue.usecases.each_community import each_community
from venue.usecases.presence import marks

AT_ONCE = 50
ALARM = "no_shows"
AHEAD = timedelta(minutes=1)
SOON = timedelta(seconds=1)


def release_everywhere(deps: Deps) -> int:
    """Look after every community and see to the alarms of its next minute."""

    def act(work: UnitOfWork) -> int:
        now = deps.clock.now()
        released = release_no_shows(deps, work, now)
        for moment in check_ins.next_no_shows(work, now, now + AHEAD):
            due.set_alarm(work, ALARM, moment)
        return released

    return each_community(deps, "release_no_shows", act)


def release_no_shows(deps: Deps, work: UnitOfWork, now: datetime) -> int:
    """Release the bookings whose grace time is over; doing it twice changes nothing. Commits nothing."""
    overdue = check_ins.nobody_came(work, now, AT_ONCE)
    if len(overdue) == AT_ONCE:
        due.set_alarm(work, ALARM, now + SOON)
    return sum(_release(deps, work, booking_id, now) for booking_id in sorted(overdue))  # locked in that order


def _release(deps: Deps, work: UnitOfWork, booking_id: UUID, now: datetime) -> bool:
    booking = bookings.lock(work, booking_id)
    if booking is None or booking.state != "confirmed":
        return False  # somebody came, or took it back, while this was being looked at
    changed = presence.missed(booking)
    bookings.save(work, changed)
    given_back = occupancies.release(work, booking_id=booking_id)
    release_equipment(work, booking_id)
    mark = marks.give(work, changed, mark_rules.NO_SHOW, now) if presence.is_fresh(booking, now) else None
    work.outbox.add(presence_events.no_show(changed, now, mark.mark_id if mark else None))
    work.audit("booking.no_show", "booking", booking_id)
    tell_freed(deps, work, given_back)
    return True
