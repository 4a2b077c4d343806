# SPDX-License-Identifier: Apache-2.0
"""What a series becomes by a change: the same one, or the one that follows it from a date on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from chassis.db import UnitOfWork, uuid7

from venue.domain.opening import hours
from venue.domain.series import recurrence
from venue.domain.series import series as rules
from venue.domain.series import series_refusals as refused
from venue.domain.series.recurrence import HORIZON_DAYS
from venue.domain.series.series import FOLLOWING, Plan, Series
from venue.store.booking.offers import Room
from venue.store.series import series as store
from venue.usecases.series.locking import ChangeSeries


def renewed(
    old: Series, command: ChangeSeries, room: Room, first: date, now: datetime
) -> tuple[Series, Sequence[date]]:
    """The series as it will be, with every date its rule names; ``first`` is where the change begins."""
    plan = _plan(old, command, room, first)
    horizon = hours.local_date(now, plan.zone) + timedelta(days=HORIZON_DAYS)
    if plan.first_date > horizon:
        raise refused.past_the_horizon(HORIZON_DAYS)
    if plan.open_ended:
        days = recurrence.between(plan.rule, plan.first_date, plan.first_date, horizon)
        ends = {"until": None, "materialised_until": horizon}
    else:
        days = recurrence.expand(plan.rule, plan.first_date, since=first)
        ends = {"until": days[-1], "materialised_until": days[-1]}
    kept = replace(
        old,
        space_id=room.space_id,
        rrule=str(plan.rule),
        first_date=plan.first_date,
        local_start=plan.local_start,
        minutes=plan.minutes,
        policy=command.policy or old.policy,
        split=old.split if command.split is None else command.split,
        equipment=old.equipment if command.equipment is None else command.equipment,
        **ends,
    )
    return _following(kept, old, now) if _splits(old, command, first) else _next_version(kept), days


def end_before(work: UnitOfWork, old: Series, first: date) -> Series:
    """Let a series end before a date; what it had until then stays."""
    last = first - timedelta(days=1)
    rule = old.plan.rule.anchored(old.first_date).ending(last)
    ended = replace(old, version=old.version + 1, rrule=str(rule), until=last, materialised_until=last)
    store.save(work, ended)
    return ended


def _plan(old: Series, command: ChangeSeries, room: Room, first: date) -> Plan:
    begins = first if _splits(old, command, first) else old.first_date
    if command.rrule is not None:
        rule = recurrence.parse(command.rrule).anchored(begins)
    else:
        rule = old.plan.rule.anchored(old.first_date)
        if begins != old.first_date:  # every other week stays the same other week
            begins = _next_of(old, first)
            rule = rule if old.until is None else rule.ending(old.until)
    start, minutes = command.local_start or old.local_start, command.minutes or old.minutes
    rules.check_times(start, minutes, room.offer.longest_minutes)
    return Plan(rule, begins, start, minutes, room.offer.zone, open_ended=old.until is None and rule.is_endless)


def _splits(old: Series, command: ChangeSeries, first: date) -> bool:
    """Tell whether a series of its own begins; from the very first date on it is the same one."""
    return command.scope == FOLLOWING and first > old.first_date


def _next_of(old: Series, first: date) -> date:
    found = recurrence.between(old.plan.rule, old.first_date, first, old.until or old.materialised_until)
    if not found:
        raise refused.no_such_date()
    return found[0]


def _following(kept: Series, old: Series, now: datetime) -> Series:
    return replace(kept, series_id=uuid7(), version=1, previous_series_id=old.series_id, created_at=now)


def _next_version(kept: Series) -> Series:
    return replace(kept, version=kept.version + 1)
