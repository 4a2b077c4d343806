# SPDX-License-Identifier: Apache-2.0
"""What people are told: one notice for each matter, how urgent it is, and when it may be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from uuid import UUID

QUIET_FROM, QUIET_UNTIL = time(21, 30), time(7, 30)  # local; what is urgent does not wait
GROUPED_FOR = timedelta(minutes=2)  # what happens to one matter within it is delivered as one: the latest
SOON = timedelta(hours=12)
READ_KEPT, UNREAD_KEPT = timedelta(days=90), timedelta(days=365)

# kind: whether it matters at once where what it speaks of is soon.
KINDS = {
    "offer_made": True,
    "offer_lapsed": False,
    "wait_lapsed": False,
    "wait_ended": True,
    "booking_made": False,
    "booking_approved": True,
    "booking_declined": True,
    "booking_undecided": True,
    "booking_moved": True,
    "booking_cancelled": True,
    "booking_released": False,
    "series_made": False,
    "series_changed": True,
    "series_cancelled": True,
    "mark_given": False,
    "mark_excused": False,
    "mark_upheld": False,
    "refund_made": False,
    "deposit_returned": False,
    "deposit_kept": False,
    "need_raised": False,
    "need_assigned": False,
    "need_resolved": False,
    "topic_declined": False,
    "ticket_cancelled": True,
    "ticket_displaced": True,
    "ticket_moved": True,
    "ticket_lapsed": False,
}


@dataclass(frozen=True)
class News:
    """What happened to one matter of one person: ids, times and figures, never a name or somebody's words.

    ``kind`` is None where the person knows already, because they did it: then an older notice of the matter falls
    away. ``unless_self`` news are that too, where no office acted.
    """

    person_id: UUID
    matter: str
    subject_id: UUID
    kind: str | None
    unless_self: bool = False
    booking_id: UUID | None = None
    space_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    expires_at: datetime | None = None
    dates: int | None = None
    left_out: int | None = None
    amount_fen: int | None = None
    reason_code: str | None = None

    def told_kind(self, office: str | None) -> str | None:
        """Return what is told, or None where nothing is: the person did it, or no office had a hand in it."""
        return None if self.unless_self and office is None else self.kind


def is_stale(happened_at: datetime, now: datetime) -> bool:
    """Tell whether it is so long ago that its notice would be forgotten already: a late replay tells nobody."""
    return now - happened_at > READ_KEPT


def is_urgent(kind: str, starts_at: datetime | None, now: datetime) -> bool:
    """Tell whether it cannot wait for the morning: an offer runs out, or what it speaks of begins soon."""
    if kind == "offer_made":
        return True
    return KINDS[kind] and starts_at is not None and now <= starts_at <= now + SOON


def not_before(now: datetime, zone: tzinfo, *, urgent: bool) -> datetime:
    """Return the earliest moment of delivery: at once, after the time of grouping, or when the quiet hours end."""
    if urgent:
        return now
    at = (now + GROUPED_FOR).astimezone(zone)
    if at.time() >= QUIET_FROM:
        at += timedelta(days=1)
    elif at.time() >= QUIET_UNTIL:
        return now + GROUPED_FOR
    return datetime.combine(at.date(), QUIET_UNTIL, zone)
