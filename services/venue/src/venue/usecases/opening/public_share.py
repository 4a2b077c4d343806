# SPDX-License-Identifier: Apache-2.0
"""The public's share of a venue's time: what a change would give, how time is used, and whether a week falls short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.opening import hours, public_share, regime_refusals
from venue.domain.opening.hours import HoursCalendar
from venue.domain.venues import venue_events
from venue.store.opening import planning, shortfalls
from venue.store.venues import venue_settings
from venue.store.venues.venue_settings import VenueSettings
from venue.usecases.booking import shapes
from venue.usecases.each_community import each_community
from venue.usecases.opening import venue_calendar
from venue.usecases.opening.venue_calendar import calendar_of, kinds_of, monday_of

MOST_CODES = 50


def preview_weeks(
    deps: Deps, actor: Actor, venue_id: UUID, since: date, weeks: int, proposed: Mapping[str, Any]
) -> dict[str, Any]:
    """Show the coming weeks under hours that are only proposed; nothing is stored.

    ``proposed`` may have weekly ``hours`` that would hold from ``since`` and ``own_hours`` of single days.
    """
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        settings = _settings(connection, actor.division, venue_id)
        after = _proposed(settings, since, proposed)
        codes = venue_calendar.codes_stranded(connection, actor.division, settings, after, now)
    zone, kinds = ZoneInfo(settings.venue["tz"]), kinds_of(settings)
    first = monday_of(max(since, hours.local_date(now, zone)))
    return {
        "min_public_percent": settings.venue["min_public_percent"],
        "weeks": [_week(after, first + timedelta(weeks=number), zone, kinds) for number in range(weeks)],
        "bookings_outside_hours": {"count": len(codes), "codes": codes[:MOST_CODES]},
    }


def _settings(connection: sa.Connection, division: str, venue_id: UUID) -> VenueSettings:
    settings = venue_settings.load(connection, division, venue_id)
    if settings is None:
        raise refusals.unknown_venue()
    return settings


def _proposed(settings: VenueSettings, since: date, proposed: Mapping[str, Any]) -> HoursCalendar:
    calendar = calendar_of(settings)
    closed = {code for code, kind in kinds_of(settings).items() if kind == "closed"}
    if "hours" in proposed:
        rules = venue_calendar.weekly_rules(proposed["hours"], since)
        venue_calendar.expect_regimes(settings, [rule.regime for rule in rules], since)
        _expect_no_overlap([(rule.weekday, rule.from_minute, rule.until_minute) for rule in rules])
        old = [replace(rule, valid_until=_sooner(rule.valid_until, since)) for rule in calendar.weekly]
        fresh = [rule for rule in rules if rule.regime not in closed]
        calendar = replace(calendar, weekly=[rule for rule in old if rule.valid_from < since] + fresh)
    own = dict(calendar.exceptions)
    for one in proposed.get("own_hours", ()):
        day, stretches = date.fromisoformat(one["date"]), venue_calendar.dated_hours(one["hours"])
        venue_calendar.expect_regimes(settings, [each.regime for each in stretches if each.regime], day)
        _expect_no_overlap([(0, each.from_minute, each.until_minute) for each in stretches])
        own[day] = [each for each in stretches if each.regime not in closed]
    return replace(calendar, exceptions=own)


def _sooner(until: date | None, since: date) -> date:
    return since if until is None else min(until, since)


def _expect_no_overlap(stretches: Sequence[tuple[int, int, int]]) -> None:
    ordered = sorted(stretches)
    for (day, _, until), (other, start, _) in pairwise(ordered):
        if day == other and start < until:
            raise regime_refusals.regimes_overlap()


def _week(calendar: HoursCalendar, monday: date, zone: ZoneInfo, kinds: Mapping[str, str]) -> dict[str, Any]:
    days, minutes = [], defaultdict(int)
    for day in hours.days_from(monday, 7):
        spans = hours.spans_on(day, calendar, zone)
        for span in spans:
            minutes[span.regime] += int((span.ends_at - span.starts_at).total_seconds()) // 60
        stretches = [
            {
                "starts_at": shapes.local(span.starts_at, zone),
                "ends_at": shapes.local(span.ends_at, zone),
                "regime": span.regime,
            }
            for span in spans
        ]
        days.append({"date": day.isoformat(), "stretches": stretches})
    return {
        "week_from": monday.isoformat(),
        "public_percent": public_share.of_week((kinds.get(code, ""), each) for code, each in minutes.items()),
        "regimes": [{"regime": code, "minutes": each} for code, each in sorted(minutes.items())],
        "days": days,
    }


def share_of_use(deps: Deps, actor: Actor, venue_id: UUID, first: date | None, weeks: int) -> dict[str, Any]:
    """Planned and used minutes of every regime, week by week; a room of several atoms counts for each of them."""
    with deps.database.read(actor) as connection:
        settings = _settings(connection, actor.division, venue_id)
        zone = ZoneInfo(settings.venue["tz"])
        monday = monday_of(first or hours.local_date(deps.clock.now(), zone))
        last = monday + timedelta(weeks=weeks)
        used = planning.used_minutes(connection, actor.division, venue_id, monday, last)
        planned = _planned(connection, actor.division, settings, monday, weeks)
    kinds, codes = kinds_of(settings), [row["code"] for row in settings.regimes]
    return {
        "venue_id": str(venue_id),
        "min_public_percent": settings.venue["min_public_percent"],
        "weeks": [
            {
                "week_from": week.isoformat(),
                "public_percent": public_share.of_week((kinds[code], each) for code, each in minutes.items()),
                "regimes": [
                    {"regime": code, "planned_minutes": minutes.get(code, 0), "used_minutes": used.get((week, code), 0)}
                    for code in codes
                ],
            }
            for week, minutes in planned.items()
        ],
    }


def _planned(
    connection: sa.Connection, division: str, settings: VenueSettings, monday: date, weeks: int
) -> dict[date, dict[str, int]]:
    """Open minutes by week and regime over all atoms of rooms, less what closures take. Two statements."""
    zone, calendar = ZoneInfo(settings.venue["tz"]), calendar_of(settings)
    atom_ids = planning.room_atoms(connection, division, settings.venue["id"])
    edges = [hours.instant(day, 0, zone) for day in (monday, monday + timedelta(weeks=weeks))]
    closures = planning.closed_times(connection, division, atom_ids, edges[0], edges[1])
    planned: dict[date, dict[str, int]] = {}
    for week in (monday + timedelta(weeks=number) for number in range(weeks)):
        minutes: dict[str, int] = defaultdict(int)
        for day in hours.days_from(week, 7):
            for span in hours.spans_on(day, calendar, zone):
                lost = sum(_overlap(span.starts_at, span.ends_at, *closure) for closure in closures)
                minutes[span.regime] += _overlap(span.starts_at, span.ends_at, *edges) * len(atom_ids) - lost
        planned[week] = dict(minutes)
    return planned


def _overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> int:
    return max(0, int((min(end, other_end) - max(start, other_start)).total_seconds()) // 60)


def watch_public_share(deps: Deps) -> int:
    """Tell of each venue whose coming week falls short of its minimum, once for each week; return how many."""

    def act(work: UnitOfWork) -> int:
        return sum(_look_ahead(deps, work, venue_id) for venue_id in venue_settings.ids(work.connection, work.division))

    return each_community(deps, "watch_public_share", act)


def _look_ahead(deps: Deps, work: UnitOfWork, venue_id: UUID) -> bool:
    settings = _settings(work.connection, work.division, venue_id)
    minimum = settings.venue["min_public_percent"]
    now = deps.clock.now()
    monday = monday_of(hours.local_date(now, ZoneInfo(settings.venue["tz"]))) + timedelta(weeks=1)
    minutes = _planned(work.connection, work.division, settings, monday, 1)[monday]
    kinds = kinds_of(settings)
    percent = public_share.of_week((kinds[code], each) for code, each in minutes.items())
    if percent >= minimum or not shortfalls.note(work, venue_id, monday, percent, minimum, now):
        return False
    work.outbox.add(venue_events.public_share_fell_short(venue_id, monday.toordinal(), monday, percent, minimum))
    work.audit("public_share.fell_short", "venue", venue_id, {"week_from": str(monday), "percent": percent})
    return True
