# SPDX-License-Identifier: Apache-2.0
"""From a venue's settings to the calendar its rules are judged by, and what a change of it would do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.opening import hours, regime_refusals, stranding
from venue.domain.opening.hours import DatedHours, HoursCalendar, Nature, WeeklyRule
from venue.domain.venues.definition import minutes
from venue.store.opening import planning
from venue.store.venues import venue_settings
from venue.store.venues.venue_settings import VenueSettings

CLOSED_ALL_DAY = DatedHours(0, 1440, None)


def calendar_of(settings: VenueSettings) -> HoursCalendar:
    """All that decides when a venue is open."""
    closed = {row["code"] for row in settings.regimes if row["kind"] == "closed"}
    own: dict[date, list[DatedHours]] = defaultdict(list)
    for row in settings.exceptions:
        regime = None if row["regime_code"] in closed else row["regime_code"]
        own[row["day"]].append(DatedHours(row["from_minute"], row["until_minute"], regime))
    return HoursCalendar(
        weekly=[_rule(row) for row in settings.rules if row["regime_code"] not in closed],
        follows={row["day"]: row["follows_weekday"] for row in settings.special_days if row["follows_weekday"]},
        exceptions=dict(own),
        natures={
            row["code"]: Nature(row["kind"], row["audience"], row["approval"] == "required") for row in settings.regimes
        },
    )


def _rule(row: Mapping[str, Any]) -> WeeklyRule:
    return WeeklyRule(
        row["regime_code"],
        row["weekday"],
        row["from_minute"],
        row["until_minute"],
        row["valid_from"],
        row["valid_until"],
    )


def kinds_of(settings: VenueSettings) -> dict[str, str]:
    """The kind of each regime."""
    return {row["code"]: row["kind"] for row in settings.regimes}


def read(work: UnitOfWork, venue_id: UUID) -> VenueSettings:
    """The settings of a venue that is there."""
    settings = venue_settings.load(work.connection, work.division, venue_id)
    assert settings is not None  # locked by the caller
    return settings


def weekly_rules(stretches: Sequence[Mapping[str, Any]], since: date) -> list[WeeklyRule]:
    """Read weekly hours as they are sent. Raises Unprocessable for an empty, inverted or odd stretch."""
    return [WeeklyRule(one["regime"], one["weekday"], *_minutes(one), since) for one in stretches]


def dated_hours(stretches: Sequence[Mapping[str, Any]]) -> list[DatedHours]:
    """Read the hours of one day as they are sent; none: closed all day."""
    return [DatedHours(*_minutes(one), one["regime"]) for one in stretches] or [CLOSED_ALL_DAY]


def _minutes(one: Mapping[str, Any]) -> tuple[int, int]:
    start, end = minutes(one["from"]), minutes(one["until"])
    if start >= end or start % 30 or end % 30:
        raise regime_refusals.stretch_is_empty()
    return start, end


def expect_regimes(settings: VenueSettings, codes: Sequence[str], since: date) -> None:
    """Refuse hours in a regime that the venue does not have, or no longer has then."""
    known = {row["code"]: row["ended_on"] for row in settings.regimes}
    for code in codes:
        if code not in known or (known[code] is not None and known[code] <= since):
            raise regime_refusals.unknown_regime(code)


def codes_stranded(
    connection: sa.Connection, division: str, before: VenueSettings, after: HoursCalendar, now: datetime
) -> list[str]:
    """Pick-up codes of bookings ahead that the new calendar would leave outside its hours."""
    ahead = planning.bookings_ahead(connection, division, before.venue["id"], now)
    return stranding.stranded(calendar_of(before), after, ahead, ZoneInfo(before.venue["tz"]))


def week_minutes(
    calendar: HoursCalendar, monday: date, zone: ZoneInfo, kinds: Mapping[str, str]
) -> list[tuple[str, int]]:
    """Open minutes of a week as (kind, minutes), span by span."""
    return [
        (kinds.get(span.regime, "commercial"), int((span.ends_at - span.starts_at).total_seconds()) // 60)
        for day in hours.days_from(monday, 7)
        for span in hours.spans_on(day, calendar, zone)
    ]


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
