# SPDX-License-Identifier: Apache-2.0
"""Cancel a series from a date on, or all of it that is still to come: one act, one notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain.booking.booking import late_cancel_from
from venue.domain.opening import hours
from venue.domain.presence.marks import LATE_CANCEL
from venue.domain.series import series_events
from venue.domain.series import series_refusals as refused
from venue.domain.series.series import ALL, ONE, Series
from venue.store.booking import bookings, quota_uses
from venue.store.booking.freeing import Freed, give_back, release_equipment_of
from venue.store.series import series as store
from venue.store.series.series_bookings import end_bookings
from venue.store.tables import occupancies
from venue.store.venues import queries as venue_queries
from venue.usecases.booking.acquiring import tell_freed
from venue.usecases.presence import marks
from venue.usecases.series import shapes
from venue.usecases.series.locking import first_date, lock, to_the_end
from venue.usecases.series.one_date import cancel_one
from venue.usecases.series.renewing import end_before
from venue.usecases.series.see import shape_of

REASON = "series_cancelled"


def cancel_series(
    deps: Deps, actor: Actor, series_id: UUID, scope: str, from_date: date | None, attempt: Attempt
) -> Reply:
    """Cancel; answer 200 with the series as it now is. Dates moved on their own belong to it still."""

    def cancelled(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        one = lock(work, series_id, actor, attempt.if_match)
        if scope == ONE:
            one = cancel_one(deps, work, one, from_date, now, attempt)
        else:
            first = first_date(one, scope, from_date, now)
            one = _cancel(deps, work, one, scope, first, now, attempt)
        shape = shape_of(work.connection, work.actor, series_id, now, attempt.language)
        return shape, etag(one.version)

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, "cancel_series", lambda: cancelled(work), status=200)
            work.commit()
            return reply

    return to_the_end(once)


def _cancel(
    deps: Deps, work: UnitOfWork, one: Series, scope: str, first: date, now: datetime, attempt: Attempt
) -> Series:
    rows = [row for row in store.lock_dates(work, one.series_id, first) if _is_to_come(row, now)]
    if scope != ALL and not rows:
        raise refused.no_such_date()
    if not rows and one.until is not None and one.until < hours.local_date(now, one.plan.zone):
        raise refused.over()
    channel = "self" if shapes.is_own({"person_id": one.person_id}, work.actor) else "counter"
    freed = _give_up(work, one, rows, now, by_staff=channel == "counter")
    one = _ended(work, one, scope, first, now)
    gone = [{"date": row["occurrence_date"], "booking_id": row["booking_id"]} for row in rows]
    work.outbox.add(series_events.cancelled(one, channel, scope, gone))
    detail = {"channel": channel, "scope": scope, "dates": len(gone)}
    work.audit("series.cancelled", "series", one.series_id, detail, attempt.request_id)
    tell_freed(deps, work, freed)
    return one


def _give_up(
    work: UnitOfWork, one: Series, rows: list[dict[str, Any]], now: datetime, *, by_staff: bool
) -> list[Freed]:
    """End the bookings; one that a person gives up too late is marked as it would be by itself."""
    ids = [row["booking_id"] for row in rows]
    if not ids:
        return []
    notice = venue_queries.late_cancel_minutes(work.connection, work.division, one.venue_id)
    late = [] if by_staff else [row["booking_id"] for row in rows if _is_late(row, notice, now)]
    end_bookings(work, ids, now, REASON, late)
    for booking_id in late:
        booking = bookings.lock(work, booking_id)
        assert booking is not None  # locked with its series
        marks.give(work, booking, LATE_CANCEL, now)
    freed = give_back(work, occupancies.c.booking_id.in_(ids))
    release_equipment_of(work, ids)
    quota_uses.give_back(work, ids)
    return freed


def _is_late(row: dict[str, Any], notice: int, now: datetime) -> bool:
    late_from = late_cancel_from(row["starts_at"], notice, row["booked_at"])
    return row["booking_state"] == "confirmed" and late_from <= now


def _ended(work: UnitOfWork, one: Series, scope: str, first: date, now: datetime) -> Series:
    if scope != ALL and first > one.first_date:
        return end_before(work, one, first)
    one = replace(one, version=one.version + 1, state="cancelled", cancelled_at=now)
    store.save(work, one)
    return one


def _is_to_come(row: dict[str, Any], now: datetime) -> bool:
    return row["booking_state"] in shapes.TO_COME and row["starts_at"] > now
