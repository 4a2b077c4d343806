# SPDX-License-Identifier: Apache-2.0
"""Change a series from a date on, or all of it that is still to come. What is over is never touched.

``following`` splits as RFC 5545 has it: the series ends before the date, and a new one begins with it and keeps the
bookings. What was decided about a single date stays: one that was moved or cancelled on its own is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts, uuid7
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.opening import hours
from venue.domain.series import recurrence, series_events
from venue.domain.series import series as rules
from venue.domain.series import series_refusals as refused
from venue.domain.series.recurrence import HORIZON_DAYS, Recurrence
from venue.domain.series.series import FOLLOWING, ONE, Plan, Series
from venue.store.booking import offers
from venue.store.booking.offers import Room
from venue.store.series import series as store
from venue.usecases.series import dates, shapes
from venue.usecases.series.create import refuse
from venue.usecases.series.locking import ATTEMPTS, ChangeSeries, first_date, lock
from venue.usecases.series.one_date import change_one
from venue.usecases.series.replanning import replan
from venue.usecases.series.see import shape_of


def change_series(deps: Deps, actor: Actor, series_id: UUID, command: ChangeSeries, attempt: Attempt) -> Reply:
    """Change; answer 200 with the series as it now is: for ``following`` the new one, which names the one before.

    A date that cannot be had any more: 409 and nothing changed under ``all_or_nothing``; otherwise it keeps its old
    time, and the answer says so.
    """

    def changed(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        one = lock(work, series_id, actor, attempt.if_match)
        if command.is_empty:
            raise refused.nothing_to_change()
        change = change_one if command.scope == ONE else _change
        one = change(deps, work, one, command, now, attempt)
        shape = shape_of(work.connection, work.actor, one.series_id, now, attempt.language)
        return shape, etag(one.version)

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, "change_series", lambda: changed(work), status=200)
            work.commit()
            return reply

    return retry_conflicts(once, ATTEMPTS)


def _change(
    deps: Deps, work: UnitOfWork, old: Series, command: ChangeSeries, now: datetime, attempt: Attempt
) -> Series:
    first = first_date(old, command.scope, command.from_date, now)
    room = offers.room(work, command.space_id or old.space_id, old.person_id)
    if room is None or room.venue_id != old.venue_id:
        raise refusals.unknown_space()
    rows = store.lock_dates(work, old.series_id, first)
    new, days = _renewed(old, command, room, first, now)
    if new.series_id != old.series_id:
        if not rows:
            raise refused.no_such_date()
        store.insert(work, new)
        end_before(work, old, first)
        store.hand_over(work, old.series_id, new.series_id, first)
    else:
        store.save(work, new)
    by_staff = not shapes.is_own({"person_id": old.person_id}, work.actor)
    to_come = [day for day in days if day >= first]
    outcome = replan(deps, work, new, room, rows, to_come, new.policy, by_staff=by_staff)
    if outcome.refused:
        raise refuse(outcome.left_out, room, attempt.language)
    dates.tell_freed(deps, work, old.venue_id, old.space_id, outcome.freed)
    told = [series_events.date_of(each.booking_id, each.occurrence, each.terms) for each in outcome.placed]
    work.outbox.add(
        series_events.changed(new, "edited", dates=told, left_out=outcome.left_out, cancelled=outcome.dropped)
    )
    detail = {"scope": command.scope, "dates": len(told), "cancelled": len(outcome.dropped)}
    work.audit("series.changed", "series", new.series_id, detail, attempt.request_id)
    return new


def _renewed(
    old: Series, command: ChangeSeries, room: Room, first: date, now: datetime
) -> tuple[Series, Sequence[date]]:
    """The series as it will be (the same one, or the one that follows it), with every date its rule names."""
    rule = _anchored(recurrence.parse(command.rrule or old.rrule), old.first_date)
    splits = command.scope == FOLLOWING and first > old.first_date
    begins = first if splits else old.first_date
    if splits and command.rrule is None:
        begins = _next_of(old, first)  # every other week stays the same other week
        rule = rule if old.until is None else rule.ending(old.until)
    start, minutes = command.local_start or old.local_start, command.minutes or old.minutes
    rules.check_times(start, minutes, room.offer.longest_minutes)
    open_ended = old.until is None and rule.is_endless
    plan = Plan(rule, begins, start, minutes, room.offer.zone, open_ended)
    horizon = hours.local_date(now, plan.zone) + timedelta(days=HORIZON_DAYS)
    if begins > horizon:
        raise refused.past_the_horizon(HORIZON_DAYS)
    days = recurrence.between(rule, begins, begins, horizon) if open_ended else plan.dates
    new = replace(
        old,
        series_id=uuid7() if splits else old.series_id,
        version=1 if splits else old.version + 1,
        space_id=room.space_id,
        rrule=str(rule),
        first_date=begins,
        until=None if open_ended else days[-1],
        materialised_until=horizon if open_ended else days[-1],
        local_start=start,
        minutes=minutes,
        policy=command.policy or old.policy,
        previous_series_id=old.series_id if splits else old.previous_series_id,
        created_at=now if splits else old.created_at,
    )
    return new, days


def _next_of(old: Series, first: date) -> date:
    found = recurrence.between(old.plan.rule, old.first_date, first, old.until or old.materialised_until)
    if not found:
        raise refused.no_such_date()
    return found[0]


def end_before(work: UnitOfWork, old: Series, first: date) -> Series:
    """Let a series end before a date; what it had until then stays."""
    last = first - timedelta(days=1)
    rule = _anchored(old.plan.rule, old.first_date).ending(last)
    ended = replace(old, version=old.version + 1, rrule=str(rule), until=last, materialised_until=last)
    store.save(work, ended)
    return ended


def _anchored(rule: Recurrence, first: date) -> Recurrence:
    """Write out the day that a rule takes from its first date, so that a later beginning does not change it."""
    if rule.frequency == "WEEKLY" and not rule.by_day:
        return replace(rule, by_day=((None, recurrence.WEEKDAYS[first.weekday()]),))
    if rule.frequency == "MONTHLY" and not rule.by_day and not rule.by_month_day:
        return replace(rule, by_month_day=(first.day,))
    return rule
