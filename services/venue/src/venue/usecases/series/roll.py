# SPDX-License-Identifier: Apache-2.0
"""Roll the open-ended series on: every night each reaches 400 days ahead again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain.opening import hours
from venue.domain.series import recurrence, series_events
from venue.domain.series import series as rules
from venue.domain.series.recurrence import HORIZON_DAYS
from venue.domain.series.series import Series
from venue.store.booking import offers
from venue.store.series import series as store
from venue.usecases.each_community import each_of_them
from venue.usecases.series import dates
from venue.usecases.series.replanning import who
from venue.usecases.series.taking import Act, take


def roll_series(deps: Deps) -> int:
    """Extend every open-ended series of every community; one that fails is logged and tried the next night."""
    # A day more than any zone is ahead of UTC: each series is measured by its own calendar below.
    before = deps.clock.now().date() + timedelta(days=HORIZON_DAYS + 1)
    return each_of_them(
        deps,
        "roll_series",
        lambda connection, division: store.open_ended(connection, division, before),
        lambda work, series_id: _roll(deps, work, series_id),
    )


def _roll(deps: Deps, work: UnitOfWork, series_id: UUID) -> None:
    one = store.lock(work, series_id)
    if one is None or one.state != "active" or one.until is not None:
        return  # cancelled or given an end meanwhile
    horizon = hours.local_date(deps.clock.now(), one.plan.zone) + timedelta(days=HORIZON_DAYS)
    if one.materialised_until < horizon:
        extend(deps, work, one, horizon)


def extend(deps: Deps, work: UnitOfWork, one: Series, horizon: date) -> None:
    """Add the dates up to ``horizon``; what cannot be had is left out with its reason, as everywhere."""
    now, plan = deps.clock.now(), one.plan
    begins = one.materialised_until + timedelta(days=1)
    days = recurrence.between(plan.rule, one.first_date, begins, horizon)
    one = replace(one, materialised_until=horizon, version=one.version + (1 if days else 0))
    store.save(work, one)
    if not days:
        return
    room = offers.room(work, one.space_id, one.person_id)
    if room is None:  # the room was given up; the dates that are held stand
        return
    verdicts = rules.judge(
        room.offer, [plan.on(day) for day in days], who(one, at_counter=one.channel == "counter"), now
    )
    taken = take(Act(deps, work, one, room, now), dates.wanted(verdicts, one.equipment))
    left_out = sorted([*dates.refused(verdicts), *taken.lost], key=lambda each: each.occurrence.on)
    dates.store_decided(work, one, taken.placed, left_out)
    told = [series_events.date_of(each.booking_id, each.occurrence, each.terms) for each in taken.placed]
    work.outbox.add(series_events.changed(one, "extended", dates=told, left_out=left_out))
    work.audit("series.extended", "series", one.series_id, {"dates": len(told), "skipped": len(left_out)})
