# SPDX-License-Identifier: Apache-2.0
"""What a closure finds in its way: told with its codes, or cancelled, with one notice a booking and one a series."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.db import UnitOfWork

from venue.deps import Attempt, Deps
from venue.domain import events
from venue.domain.booking.booking import Booking
from venue.domain.series import series_events
from venue.domain.sittings.sittings import Session
from venue.domain.venues import closure_refusals
from venue.store.booking import bookings, occupancies, quota_uses
from venue.store.booking.occupancies import Freed
from venue.store.series import series as series_store
from venue.store.sittings import sessions, tickets
from venue.store.venues import closures
from venue.store.venues.equipment import release_equipment
from venue.usecases.booking import shapes
from venue.usecases.sittings import session_rooms
from venue.usecases.waiting.freed import offer_answered

CANCELLABLE = ("held", "confirmed")
REASON = "closure"
Found = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Closing:
    """Which atoms are to be closed, and when."""

    atom_ids: Sequence[UUID]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Cleared:
    """How many bookings ended, and what they and the sessions gave back."""

    cancelled: int
    given_back: Sequence[Freed]


def bookings_there(work: UnitOfWork, there: Closing) -> Found:
    """The bookings that hold any of it, earliest first."""
    return closures.bookings_in_the_way(work, there.atom_ids, there.starts_at, there.ends_at)


def in_the_way(found: Found, told: Sequence[Mapping[str, Any]] = ()) -> Exception:
    """Refuse to close over bookings, with their codes, and sessions; where there are none, something else is there."""
    if not found:
        return closure_refusals.sessions_in_the_way(told) if told else closure_refusals.already_closed()
    codes = [row["pick_up_code"] for row in found]
    return closure_refusals.bookings_in_the_way(
        codes, told, guests_are_in=any(row["state"] not in CANCELLABLE for row in found)
    )


def _told(work: UnitOfWork, in_its_way: Sequence[Session], language: str) -> list[dict[str, Any]]:
    """Which sessions would lose their room, earliest first, and how many people hold a number for each."""
    live = tickets.lock_live(work, [one.session_id for one in in_its_way])
    numbers = Counter(one.session_id for one in live)
    return [
        {
            "session_id": str(one.session_id),
            "kind": one.kind,
            "title": one.title_en if language == "en" else one.title_zh,
            "date": one.on_date.isoformat(),
            "starts_at": shapes.local(one.starts_at, ZoneInfo(one.tz)),
            "ends_at": shapes.local(one.ends_at, ZoneInfo(one.tz)),
            "numbers_out": numbers[one.session_id],
        }
        for one in sorted(in_its_way, key=lambda one: (one.starts_at, one.session_id))
    ]


def clear(deps: Deps, work: UnitOfWork, there: Closing, attempt: Attempt, *, cancel_bookings: bool) -> Cleared:
    """Cancel what is in the way and let sessions make way, if that was asked for.

    Raises Conflict ``bookings_in_the_way``, ``sessions_in_the_way`` or ``already_closed``.
    """
    found, now = bookings_there(work, there), deps.clock.now()
    holding = sessions.holding(work, there.atom_ids, there.starts_at, there.ends_at)
    displaced = [one for one in holding if now < one.starts_at]
    if any(row["state"] not in CANCELLABLE for row in found) or (not cancel_bookings and (found or displaced)):
        raise in_the_way(found, _told(work, displaced, attempt.language))
    of_sessions = session_rooms.make_way(work, displaced)
    if closures.others_in_the_way(work, there.atom_ids, there.starts_at, there.ends_at):
        raise closure_refusals.already_closed()
    for series_id in sorted({row["series_id"] for row in found if row["series_id"]}):
        series_store.lock(work, series_id)  # before its bookings, as everybody does
    ended = [
        (row, *one)
        for row in sorted(found, key=lambda row: row["id"])
        if (one := _cancel(deps, work, row["id"], attempt)) is not None
    ]
    _tell(work, [(row, before, cancelled) for row, before, cancelled, _ in ended], attempt)
    of_bookings = [freed for _, _, _, given_back in ended for freed in given_back]
    return Cleared(len(ended), [*of_sessions, *of_bookings])


def _cancel(
    deps: Deps, work: UnitOfWork, booking_id: UUID, attempt: Attempt
) -> tuple[Booking, Booking, list[Freed]] | None:
    """End one booking; return it as it was and as it is, and what it gave back."""
    booking = bookings.lock(work, booking_id)
    if booking is None or booking.state not in CANCELLABLE:
        return None  # it ended by itself, or its guests came this moment: then taking the atoms tells
    cancelled = replace(
        booking,
        version=booking.version + 1,
        state="cancelled",
        cancelled_at=deps.clock.now(),
        hold_expires_at=None,
        ended_reason=REASON,
    )
    bookings.save(work, cancelled)
    given_back = occupancies.release(work, booking_id=booking_id)
    release_equipment(work, booking_id)
    quota_uses.give_back(work, [booking_id])
    if booking.state == "held":
        offer_answered(deps, work, booking_id, "left")
    detail = {"channel": "counter", "reason": REASON}
    work.audit("booking.cancelled", "booking", booking_id, detail, attempt.request_id)
    return booking, cancelled, given_back


def _tell(work: UnitOfWork, ended: Sequence[tuple[Mapping[str, Any], Booking, Booking]], attempt: Attempt) -> None:
    """Leave one event a booking; where a series loses several dates, one for all of them. Nobody knew of a hold."""
    of_series: dict[UUID | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row, _, _ in ended:
        of_series[row["series_id"]].append(row)
    several = {one for one, rows in of_series.items() if one is not None and len(rows) > 1}
    for row, before, cancelled in ended:
        if before.state != "held" and row["series_id"] not in several:
            work.outbox.add(events.cancelled(cancelled, "counter", REASON))
    for series_id in sorted(several):
        _tell_series(work, series_id, of_series[series_id], attempt)


def _tell_series(work: UnitOfWork, series_id: UUID, rows: Found, attempt: Attempt) -> None:
    one = series_store.lock(work, series_id)
    assert one is not None  # a foreign key of its bookings
    one = replace(one, version=one.version + 1)
    series_store.save(work, one)
    dates = sorted(({"date": row["occurrence_date"], "booking_id": row["id"]} for row in rows), key=lambda d: d["date"])
    work.outbox.add(series_events.changed(one, "edited", dates=(), left_out=(), cancelled=dates, reason_code=REASON))
    detail = {"by": REASON, "dates": len(dates)}
    work.audit("series.changed", "series", series_id, detail, attempt.request_id)
