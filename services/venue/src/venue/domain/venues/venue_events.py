# SPDX-License-Identifier: Apache-2.0
"""What a venue tells the others about itself: that it changed, that it closes, what its operator owes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from chassis.events import Event


def changed(venue_id: UUID, version: int, what: str) -> Event:
    """Something staff keep about a venue is different; readers ask for what they need."""
    return Event("linli.venue.venue.changed.v1", venue_id, version, {"venue_id": venue_id, "changed": what})


def closure_announced(
    closure_id: UUID, venue_id: UUID, space_id: UUID | None, starts_at: datetime, ends_at: datetime
) -> Event:
    """A space or the whole venue will be closed."""
    return Event(
        "linli.venue.closure.announced.v1",
        closure_id,
        1,
        {
            "closure_id": closure_id,
            "venue_id": venue_id,
            "space_id": space_id,
            "starts_at": starts_at,
            "ends_at": ends_at,
        },
    )


def closure_ended(closure_id: UUID, version: int, venue_id: UUID, ended_at: datetime) -> Event:
    """A closure ended before its time."""
    data = {"closure_id": closure_id, "venue_id": venue_id, "ended_at": ended_at}
    return Event("linli.venue.closure.ended.v1", closure_id, version, data)


def public_share_fell_short(venue_id: UUID, version: int, monday: date, percent: int, minimum: int) -> Event:
    """The coming week has fewer public-benefit hours than the venue promises."""
    data = {"venue_id": venue_id, "week_from": monday, "public_percent": percent, "min_public_percent": minimum}
    return Event("linli.venue.public_share.fell_short.v1", venue_id, version, data)


def owed_session_entered(entry_id: UUID, venue_id: UUID, kind: str, sessions: int, balance: int) -> Event:
    """The operator's debt of free sessions grew, was worked off or was waived; the balance stands after it."""
    data = {"entry_id": entry_id, "venue_id": venue_id, "kind": kind, "sessions": sessions, "balance": balance}
    return Event("linli.venue.owed_session.entered.v1", entry_id, 1, data)
