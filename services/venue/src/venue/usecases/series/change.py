# SPDX-License-Identifier: Apache-2.0
"""Change a series from a date on, or all of it that is still to come. What is over is never touched.

``following`` splits as RFC 5545 has it: the series ends before the date, and a new one begins with it and keeps the
bookings. What was decided about a single date stays: one that was moved or cancelled on its own is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.series import series_events
from venue.domain.series import series_refusals as refused
from venue.domain.series.series import ONE, Series
from venue.store.booking import offers
from venue.store.series import series as store
from venue.store.series import series_equipment
from venue.usecases.booking.acquiring import tell_freed
from venue.usecases.series import shapes
from venue.usecases.series.create import refuse
from venue.usecases.series.locking import ChangeSeries, first_date, lock, to_the_end
from venue.usecases.series.one_date import change_one
from venue.usecases.series.renewing import end_before, renewed
from venue.usecases.series.replanning import Outcome, replan
from venue.usecases.series.see import shape_of
from venue.usecases.series.taking import Act


def change_series(deps: Deps, actor: Actor, series_id: UUID, command: ChangeSeries, attempt: Attempt) -> Reply:
    """Change; answer 200 with the series as it now is: for ``following`` the new one, which names the one before.

    A date that cannot be had any more: 409 and nothing changed under ``all_or_nothing``; otherwise it keeps its old
    time, and the answer says so.
    """

    def changed(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        one = change_in(deps, work, lock(work, series_id, actor, attempt.if_match), command, now, attempt)
        shape = shape_of(work.connection, work.actor, one.series_id, now, attempt.language)
        return shape, etag(one.version)

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, "change_series", lambda: changed(work), status=200)
            work.commit()
            return reply

    return to_the_end(once)


def change_in(
    deps: Deps, work: UnitOfWork, one: Series, command: ChangeSeries, now: datetime, attempt: Attempt
) -> Series:
    """Change a locked series in the caller's unit of work; returns it as it then is, for ``following`` the new one."""
    if command.is_empty:
        raise refused.nothing_to_change()
    change = change_one if command.scope == ONE else _change
    return change(deps, work, one, command, now, attempt)


def _change(
    deps: Deps, work: UnitOfWork, old: Series, command: ChangeSeries, now: datetime, attempt: Attempt
) -> Series:
    first = first_date(old, command.scope, command.from_date, now)
    room = offers.room(work, command.space_id or old.space_id, old.person_id)
    if room is None or room.venue_id != old.venue_id:
        raise refusals.unknown_space()
    named = (one for one, _ in command.equipment or ())
    series_equipment.things(work.connection, work.division, room.venue_id, named)
    rows = store.lock_dates(work, old.series_id, first)
    new, days = renewed(old, command, room, first, now)
    to_come = [day for day in days if day >= first]
    by_staff = not shapes.is_own({"person_id": old.person_id}, work.actor)
    _check(work, old, rows, to_come, by_staff=by_staff)
    _store(work, old, new, rows, first)
    act = Act(deps, work, new, room, now)
    outcome = replan(act, rows, to_come, by_staff=by_staff, equips=command.equipment is not None)
    if outcome.refused:
        raise refuse(outcome.left_out, room, attempt.language)
    if new.equipment != old.equipment or new.series_id != old.series_id:
        series_equipment.replace(work, new.series_id, new.equipment)
    tell_freed(deps, work, outcome.freed)
    _tell(work, new, outcome, command.scope, attempt)
    return new


def _check(
    work: UnitOfWork, old: Series, rows: Sequence[dict[str, Any]], to_come: Sequence[date], *, by_staff: bool
) -> None:
    """Refuse what has nothing left to change, and more dates than a resident may take or has already."""
    if not rows and not to_come:
        raise refused.over()
    if not by_staff and len(to_come) > len(rows):
        most = store.limit_of_ones_own(work, old.venue_id)
        if len(to_come) > most:
            raise refused.too_many_of_ones_own(most)


def _store(work: UnitOfWork, old: Series, new: Series, rows: Sequence[dict[str, Any]], first: date) -> None:
    """Store the changed series; one that follows takes over the dates from ``first`` on with their bookings."""
    if new.series_id == old.series_id:
        store.save(work, new)
        return
    if not rows:
        raise refused.no_such_date()
    store.insert(work, new)
    end_before(work, old, first)
    store.hand_over(work, old.series_id, new.series_id, first)


def _tell(work: UnitOfWork, new: Series, outcome: Outcome, scope: str, attempt: Attempt) -> None:
    told = [series_events.date_of(each.booking_id, each.occurrence, each.terms) for each in outcome.placed]
    work.outbox.add(
        series_events.changed(new, "edited", dates=told, left_out=outcome.left_out, cancelled=outcome.dropped)
    )
    detail = {"scope": scope, "dates": len(told), "cancelled": len(outcome.dropped)}
    work.audit("series.changed", "series", new.series_id, detail, attempt.request_id)
