# SPDX-License-Identifier: Apache-2.0
"""What the waiting list tells the others, as contracts/events/venue/ describes it. Ids and times, never words."""

from __future__ import annotations

from datetime import datetime

from chassis.events import Event

from venue.domain.waiting.waiting import Entry

_TYPE = "linli.venue.waiting.{}.v1"


def joined(entry: Entry) -> Event:
    """Somebody waits for a room."""
    wish = entry.wish
    return _event(
        "joined",
        entry,
        {"channel": entry.channel, "starts_at": wish.starts_at, "ends_at": wish.ends_at, "minutes": wish.minutes},
    )


def offered(entry: Entry, starts_at: datetime, ends_at: datetime) -> Event:
    """A room is kept for somebody who waited, until the offer expires."""
    return _event(
        "offered",
        entry,
        {
            "booking_id": entry.offer_booking_id,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "expires_at": entry.offer_expires_at,
        },
    )


def ended(entry: Entry, reason_code: str | None = None) -> Event:
    """The waiting is over, one way or another: with the offer there was, or else the time that was waited for."""
    wish = {"starts_at": entry.wish.starts_at, "ends_at": entry.wish.ends_at}
    about = {"booking_id": entry.offer_booking_id} if entry.offer_booking_id else wish
    why = {"reason_code": reason_code} if reason_code else {}
    return _event("ended", entry, {"how": entry.state, **about, **why})


def _event(happened: str, entry: Entry, data: dict[str, object]) -> Event:
    about = {"entry_id": entry.entry_id, "space_id": entry.wish.space_id, "person_id": entry.person_id}
    return Event(_TYPE.format(happened), entry.entry_id, entry.version, {**about, **data})
