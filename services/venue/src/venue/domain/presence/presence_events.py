# SPDX-License-Identifier: Apache-2.0
"""What being there, or not, tells the others. Ids and times: nobody is blamed in public, and nobody's words travel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.events import Event

from venue.domain.booking.booking import Booking
from venue.domain.presence.marks import Mark

_MARK = "linli.venue.mark.{}.v1"


def no_show(booking: Booking, released_at: datetime, mark_id: UUID | None) -> Event:
    """Nobody came in the grace time; what is left of the booking is free for others."""
    return Event(
        "linli.venue.booking.no_show.v1",
        booking.booking_id,
        booking.version,
        {
            "booking_id": booking.booking_id,
            "venue_id": booking.venue_id,
            "space_id": booking.space_id,
            "person_id": booking.person_id,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
            "released_at": released_at,
            "mark_id": mark_id,
        },
    )


def given(mark: Mark) -> Event:
    """Somebody got a mark."""
    return _event("given", mark, {"kind": mark.kind, "booking_id": mark.booking_id, "expires_at": mark.expires_at})


def appealed(mark: Mark) -> Event:
    """Somebody says it was not their fault."""
    return _event("appealed", mark, {})


def decided(mark: Mark) -> Event:
    """A mark was excused, or an appeal was rejected."""
    return _event("decided", mark, {"outcome": mark.state})


def _event(happened: str, mark: Mark, data: dict[str, object]) -> Event:
    about = {"mark_id": mark.mark_id, "person_id": mark.person_id}
    return Event(_MARK.format(happened), mark.mark_id, mark.version, {**about, **data})
