# SPDX-License-Identifier: Apache-2.0
"""Arrange a series: every date judged as a single booking would be, all of them taken in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.judging import Wish
from venue.domain.opening import hours
from venue.domain.series import recurrence, series_events
from venue.domain.series import series as rules
from venue.domain.series import series_refusals as refused
from venue.domain.series.recurrence import HORIZON_DAYS
from venue.domain.series.series import (
    ALL_OR_NOTHING,
    OFFER_ALTERNATIVES,
    SKIP_AND_REPORT,
    Equipment,
    LeftOut,
    Plan,
    Series,
    Verdict,
)
from venue.store.booking import offers
from venue.store.booking.offers import Room
from venue.store.series import series as store
from venue.store.series import series_equipment
from venue.usecases.booking.book_space import booker_of
from venue.usecases.booking.placing import Booker, OnBehalf
from venue.usecases.series import dates, shapes
from venue.usecases.series.alternatives import alternatives_for
from venue.usecases.series.locking import to_the_end
from venue.usecases.series.see import shape_of
from venue.usecases.series.taking import Act, take


@dataclass(frozen=True)
class CreateSeries:
    """A wish for a room that repeats.

    ``split`` agrees to the prices of several regimes; ``equipment`` is what every date takes with the room.
    """

    space_id: UUID
    rrule: str
    first_date: date
    local_start: time
    minutes: int
    policy: str = SKIP_AND_REPORT
    open_ended: bool = False
    split: bool = False
    equipment: Equipment = ()
    purpose: str | None = None
    party_size: int | None = None
    group_id: UUID | None = None
    on_behalf_of: OnBehalf | None = None


@dataclass(frozen=True)
class Prepared:
    """A wish that may be tried: its room, its plan, and what the rules say to each date."""

    room: Room
    plan: Plan
    booker: Booker
    verdicts: Sequence[Verdict]
    materialised_until: date


def create_series(deps: Deps, actor: Actor, command: CreateSeries, attempt: Attempt) -> Reply:
    """Arrange; answer 201 with the series and every date, those left out with their reasons.

    409 ``series_dates_refused`` where all was asked and not all can be had, or where nothing can.
    """
    booker = booker_of(actor, command.on_behalf_of, command.group_id)

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, "create_series", lambda: _create(deps, work, command, booker, attempt))
            work.commit()
            return reply

    return to_the_end(once)


def prepare(work: UnitOfWork, command: CreateSeries, booker: Booker, now: datetime) -> Prepared:
    """Read the rule, refuse what no date could mend, and judge each date."""
    room = offers.room(work, command.space_id, booker.person_id)
    if room is None:
        raise refusals.unknown_space()
    series_equipment.things(work.connection, work.division, room.venue_id, (one for one, _ in command.equipment))
    rules.check_times(command.local_start, command.minutes, room.offer.longest_minutes)
    zone = room.offer.zone
    rule = recurrence.parse(command.rrule)
    plan = Plan(rule, command.first_date, command.local_start, command.minutes, zone, command.open_ended)
    today, at_counter = hours.local_date(now, zone), booker.channel == "counter"
    most = HORIZON_DAYS if at_counter else store.limit_of_ones_own(work, room.venue_id)
    rules.check_reach(plan, today, at_counter=at_counter, most_of_ones_own=most)
    horizon = today + timedelta(days=HORIZON_DAYS)
    days = [day for day in plan.dates if day <= horizon or not plan.open_ended]
    if not days:
        raise refused.empty()
    verdicts = rules.judge(room.offer, [plan.on(day) for day in days], who(command, booker), now)
    return Prepared(room, plan, booker, verdicts, horizon if plan.open_ended else days[-1])


def who(command: CreateSeries, booker: Booker) -> Wish:
    """Say for whom and how many, as the rules ask of each date; the times are each date's own."""
    nobody = datetime.min
    return Wish(
        nobody,
        nobody,
        command.party_size,
        split=command.split,
        at_counter=booker.channel == "counter",
        for_group=command.group_id is not None,
    )


def _create(
    deps: Deps, work: UnitOfWork, command: CreateSeries, booker: Booker, attempt: Attempt
) -> tuple[dict[str, Any], dict[str, str]]:
    now = deps.clock.now()
    prepared = prepare(work, command, booker, now)
    room, left_out = prepared.room, dates.refused(prepared.verdicts)
    all_or_nothing = command.policy == ALL_OR_NOTHING
    if all_or_nothing and left_out:
        raise refuse(left_out, room, attempt.language)
    one = _series(work, command, prepared, now)
    store.insert(work, one)
    act = Act(deps, work, one, room, now)
    taken = take(act, dates.wanted(prepared.verdicts, one.equipment), at_once=all_or_nothing)
    left_out = sorted([*left_out, *taken.lost], key=lambda one: one.occurrence.on)
    if not taken.placed or (all_or_nothing and left_out):
        raise refuse(left_out, room, attempt.language)
    dates.store_decided(work, one, taken.placed, left_out)
    series_equipment.insert(work, one.series_id, one.equipment)
    told = [series_events.date_of(each.booking_id, each.occurrence, each.terms) for each in taken.placed]
    work.outbox.add(series_events.confirmed(one, told, left_out))
    detail = {"channel": one.channel, "space_id": room.space_id, "dates": len(told), "skipped": len(left_out)}
    work.audit("series.confirmed", "series", one.series_id, detail, attempt.request_id)
    shape = shape_of(work.connection, work.actor, one.series_id, now, attempt.language)
    if command.policy == OFFER_ALTERNATIVES and left_out:
        offered = alternatives_for(work, room, left_out, who(command, booker), now, attempt.language)
        for row in shape["dates"]:
            row["alternatives"] = offered.get(row["date"], [])
    return shape, etag(one.version)


def refuse(left_out: Sequence[LeftOut], room: Room, language: str) -> Exception:
    """Refuse the whole, naming each date that cannot be had."""
    return refused.dates_refused([shapes.left_out(one, room.offer.zone, language) for one in left_out])


def _series(work: UnitOfWork, command: CreateSeries, prepared: Prepared, now: datetime) -> Series:
    room, booker = prepared.room, prepared.booker
    return Series(
        series_id=uuid7(),
        version=1,
        state="active",
        venue_id=room.venue_id,
        space_id=room.space_id,
        person_id=booker.person_id,
        booked_by=work.actor.subject,
        channel=booker.channel,
        on_behalf_reason=booker.reason,
        rrule=str(prepared.plan.rule),
        first_date=command.first_date,
        until=None if command.open_ended else prepared.materialised_until,
        materialised_until=prepared.materialised_until,
        local_start=command.local_start,
        minutes=command.minutes,
        tz=room.tz,
        policy=command.policy,
        purpose=command.purpose,
        party_size=command.party_size,
        created_at=now,
        group_id=command.group_id,
        split=command.split,
        equipment=command.equipment,
    )
