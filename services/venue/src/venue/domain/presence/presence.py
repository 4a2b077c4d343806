# SPDX-License-Identifier: Apache-2.0
"""Whether the guests came: what follows when nobody did, and which late news of a check-in still counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from venue.domain import refusals
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking
from venue.domain.presence import presence_refusals

CLOCKS_MAY_DIFFER = timedelta(minutes=2)  # between a device that was offline and this service
MARKED_WITHIN = timedelta(days=1)  # after the end: a worker that was away longer blames nobody
NOTED_AT_MOST = timedelta(days=7)  # how long a device may keep its notes to itself


def missed(booking: Booking) -> Booking:
    """Nobody came in the grace time."""
    if booking.state != "confirmed":
        raise refusals.wrong_state(booking.state)
    return replace(booking, version=booking.version + 1, state="no_show")


def is_fresh(booking: Booking, now: datetime) -> bool:
    """Tell whether a no-show is told of so soon that it may leave a mark."""
    return now - booking.ends_at <= MARKED_WITHIN


def came(booking: Booking, happened_at: datetime, grace: timedelta, now: datetime) -> Booking:
    """Check a booking in that was checked in offline at ``happened_at``.

    Where the room was released meanwhile, only who came in the grace time is believed to have been there: whether the
    room is still theirs, the caller finds out by taking it again.
    """
    if happened_at > now + CLOCKS_MAY_DIFFER:
        raise presence_refusals.device_clock_is_ahead()
    if happened_at < now - NOTED_AT_MOST:
        raise presence_refusals.noted_too_long_ago()
    if booking.state in ("checked_in", "checked_out"):
        raise presence_refusals.already_checked_in()
    if booking.state == "no_show":
        if happened_at > booking.starts_at + grace:
            raise presence_refusals.came_after_the_grace_time()
        booking = replace(booking, state="confirmed")
    return rules.check_in(booking, happened_at)
