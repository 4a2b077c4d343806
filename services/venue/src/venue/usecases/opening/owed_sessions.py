# SPDX-License-Identifier: Apache-2.0
"""Free sessions the operator owes for the space: added each month, worked off one by one, or waived with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.opening import hours, regime_refusals
from venue.domain.venues import venue_events
from venue.store.booking import bookings, queries
from venue.store.booking.queries import BookingFilter
from venue.store.opening import owed_sessions
from venue.store.venues import venue_settings
from venue.store.venues.venue_settings import Row
from venue.usecases.booking import shapes
from venue.usecases.each_community import each_community
from venue.usecases.one_act import one_act

NEWEST = 60


def owed(deps: Deps, actor: Actor, venue_id: UUID) -> dict[str, Any]:
    """What is owed, and the newest entries that say why."""
    with deps.database.read(actor) as connection:
        venue = venue_settings.row(connection, actor.division, venue_id)
        if venue is None:
            raise refusals.unknown_venue()
        return _shape(connection, actor.division, venue)


def mark_free_session(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Count a session that took place and cost nothing against the debt, once.

    Only what the community booked at the counter, saying what takes place: anybody's booking in the public's hours is
    free anyway. Staff confirm that it was the operator's; who owes cannot.
    """
    if "venue.counter" not in actor.permissions:
        raise regime_refusals.staff_confirm()

    def act(work: UnitOfWork) -> dict[str, Any]:
        row = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking_id))
        if row is None:
            raise refusals.unknown_booking()
        venue = _lock(work, row["venue_id"])  # before the booking, as whoever counts bookings does
        booking = bookings.lock(work, booking_id)
        assert booking is not None  # bookings are never deleted
        if booking.state != "checked_out" or booking.price_fen != 0:
            raise regime_refusals.not_delivered(booking.state)
        if row["channel"] != "counter" or not row["purpose"]:
            raise regime_refusals.not_for_the_debt()
        if not _enter(deps, work, venue["id"], "delivered", -1, booking_id=booking_id):
            raise regime_refusals.already_delivered()
        work.audit("owed_session.delivered", "booking", booking_id, {}, attempt.request_id)
        return _shape(work.connection, work.division, venue)

    return _once(deps, actor, attempt, "mark_free_session", act)


def waive_owed_sessions(
    deps: Deps, actor: Actor, venue_id: UUID, sessions: int, reason: str, attempt: Attempt
) -> Reply:
    """Let the operator off some of the debt, for a stated reason; never more than is owed."""

    def act(work: UnitOfWork) -> dict[str, Any]:
        venue = _lock(work, venue_id)
        balance = owed_sessions.balance(work.connection, work.division, venue_id)
        if sessions > balance:
            raise regime_refusals.nothing_owed(balance)
        _enter(deps, work, venue_id, "waived", -sessions, reason=reason)
        work.audit("owed_session.waived", "venue", venue_id, {"sessions": sessions}, attempt.request_id)
        return _shape(work.connection, work.division, venue)

    return _once(deps, actor, attempt, "waive_owed_sessions", act)


def accrue_owed_sessions(deps: Deps) -> int:
    """Add this month's sessions to the debt of every venue that has one agreed; a month is added once."""

    def act(work: UnitOfWork) -> int:
        return sum(_accrue(deps, work, venue_id) for venue_id in venue_settings.ids(work.connection, work.division))

    return each_community(deps, "accrue_owed_sessions", act)


def _accrue(deps: Deps, work: UnitOfWork, venue_id: UUID) -> bool:
    venue = _lock(work, venue_id)
    count = venue["owed_free_sessions_per_month"]
    month = hours.local_date(deps.clock.now(), ZoneInfo(venue["tz"])).strftime("%Y-%m")
    if not count or not _enter(deps, work, venue_id, "accrued", count, month=month):
        return False
    work.audit("owed_session.accrued", "venue", venue_id, {"sessions": count, "month": month})
    return True


def _enter(deps: Deps, work: UnitOfWork, venue_id: UUID, kind: str, sessions: int, **ground: Any) -> bool:
    entry_id = owed_sessions.enter(work, venue_id, kind, sessions, deps.clock.now(), **ground)
    if entry_id is None:
        return False
    balance = owed_sessions.balance(work.connection, work.division, venue_id)
    work.outbox.add(venue_events.owed_session_entered(entry_id, venue_id, kind, sessions, balance))
    return True


def _lock(work: UnitOfWork, venue_id: UUID) -> Row:
    venue = venue_settings.lock(work, venue_id)
    if venue is None:
        raise refusals.unknown_venue()
    return venue


def _once(deps: Deps, actor: Actor, attempt: Attempt, operation: str, act: Callable[[UnitOfWork], Any]) -> Reply:
    return one_act(deps, actor, attempt, operation, act, 201)


def _shape(connection: sa.Connection, division: str, venue: Row) -> dict[str, Any]:
    zone = ZoneInfo(venue["tz"])
    return {
        "venue_id": str(venue["id"]),
        "balance": owed_sessions.balance(connection, division, venue["id"]),
        "owed_free_sessions_per_month": venue["owed_free_sessions_per_month"],
        "entries": [
            {
                "entry_id": str(row["id"]),
                "kind": row["kind"],
                "sessions": row["sessions"],
                "month": row["month"],
                "booking_id": str(row["booking_id"]) if row["booking_id"] else None,
                "reason": row["reason"],
                "entered_at": shapes.local(row["entered_at"], zone),
            }
            for row in owed_sessions.newest(connection, division, venue["id"], NEWEST)
        ],
    }
