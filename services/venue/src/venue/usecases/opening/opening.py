# SPDX-License-Identifier: Apache-2.0
"""Change when a venue is open: the week from a day on, single days, holidays.

Three things are looked at before a change is kept: that regimes do not overlap (the database), that the public's share
is not broken, and whom it would leave outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain.opening import hours, public_share, regime_refusals
from venue.store.opening import regimes
from venue.store.venues import venue_settings
from venue.store.venues.venue_settings import Row, VenueSettings
from venue.usecases.opening import venue_calendar
from venue.usecases.venues import venue_shapes
from venue.usecases.venues.change_venue import change_venue, tell
from venue.usecases.waiting.freed import look_again_at

Stretches = Sequence[Mapping[str, Any]]


def set_weekly_hours(
    deps: Deps,
    actor: Actor,
    venue_id: UUID,
    since: date,
    stretches: Stretches,
    attempt: Attempt,
    *,
    keep_bookings: bool = False,
) -> Reply:
    """Let other weekly hours hold from a day on. Past ones stay as they were, for the record."""
    rules = venue_calendar.weekly_rules(stretches, since)

    def act(work: UnitOfWork, venue: Row) -> None:
        _expect_not_past(deps, venue, since)
        before = venue_calendar.read(work, venue_id)
        venue_calendar.expect_regimes(before, [rule.regime for rule in rules], since)
        regimes.replace_weekly(work, venue_id, since, rules)
        kinds = venue_calendar.kinds_of(before)
        percent = public_share.of_week((kinds[rule.regime], rule.until_minute - rule.from_minute) for rule in rules)
        public_share.expect_enough(percent, venue["min_public_percent"])
        look_at_bookings(deps, work, before, keep_bookings=keep_bookings)

    return change_venue(deps, actor, venue_id, attempt, "set_weekly_hours", "hours", act)


def set_own_hours(
    deps: Deps,
    actor: Actor,
    venue_id: UUID,
    day: date,
    stretches: Stretches | None,
    attempt: Attempt,
    *,
    keep_bookings: bool = False,
) -> Reply:
    """Give one day hours of its own (an empty list: closed), or with None take them away again."""
    own = [] if stretches is None else venue_calendar.dated_hours(stretches)

    def act(work: UnitOfWork, venue: Row) -> None:
        _expect_not_past(deps, venue, day)
        before = venue_calendar.read(work, venue_id)
        venue_calendar.expect_regimes(before, [one.regime for one in own if one.regime], day)
        regimes.replace_exceptions(work, venue_id, day, own)
        after = venue_calendar.read(work, venue_id)
        expect_public_share(before, after, day)
        look_at_bookings(deps, work, before, after=after, keep_bookings=keep_bookings)

    operation = "clear_own_hours" if stretches is None else "set_own_hours"
    return change_venue(deps, actor, venue_id, attempt, operation, "exceptions", act)


def set_special_day(
    deps: Deps, actor: Actor, row: Mapping[str, Any], attempt: Attempt, *, keep_bookings: bool = False
) -> Reply:
    """Note a holiday or make-up workday for the community; each of its venues keeps that weekday's hours then."""

    def act(work: UnitOfWork) -> None:
        regimes.put_special_day(work, row)

    return _special_day(deps, actor, "set_special_day", row["day"], act, attempt, keep_bookings=keep_bookings)


def remove_special_day(deps: Deps, actor: Actor, day: date, attempt: Attempt, *, keep_bookings: bool = False) -> Reply:
    """Make a day an ordinary one again."""

    def act(work: UnitOfWork) -> None:
        if not regimes.remove_special_day(work, day):
            raise regime_refusals.unknown_special_day()

    return _special_day(deps, actor, "remove_special_day", day, act, attempt, keep_bookings=keep_bookings)


def _special_day(
    deps: Deps, actor: Actor, operation: str, day: date, act: Any, attempt: Attempt, *, keep_bookings: bool
) -> Reply:
    def changed(work: UnitOfWork) -> dict[str, Any]:
        ids = venue_settings.ids(work.connection, work.division)
        venues = [venue for venue in (venue_settings.lock(work, one) for one in ids) if venue is not None]
        for venue in venues:
            _expect_not_past(deps, venue, day)
        before = [venue_calendar.read(work, venue["id"]) for venue in venues]
        act(work)
        for one in before:
            look_at_bookings(deps, work, one, keep_bookings=keep_bookings)
            tell(deps, work, one.venue["id"], "special_days")
        work.audit("special_day.changed", "special_day", day, {"operation": operation}, attempt.request_id)
        rows = venue_settings.special_days_of(work.connection, work.division)
        return {"items": [venue_shapes.special_day(row, attempt.language) for row in rows]}

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, operation, lambda: changed(work), status=200)
            work.commit()
            return reply

    return retry_conflicts(once)


def load_special_days(deps: Deps, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> int:
    """Note the official days of a year at once; bookings already made stay. Loading them again changes nothing."""
    with deps.unit_of_work(actor) as work:
        ids = venue_settings.ids(work.connection, work.division)
        for venue_id in ids:
            venue_settings.lock(work, venue_id)
        known = {row["day"]: row for row in venue_settings.special_days_of(work.connection, work.division)}
        fresh = [row for row in rows if any(known.get(row["day"], {}).get(name) != row[name] for name in row)]
        for row in fresh:
            regimes.put_special_day(work, row)
        if fresh:
            for venue_id in ids:
                tell(deps, work, venue_id, "special_days")
            work.audit("special_days.loaded", "special_day", fresh[0]["day"], {"days": len(fresh)})
        work.commit()
        return len(fresh)


def _expect_not_past(deps: Deps, venue: Row, day: date) -> None:
    if day < hours.local_date(deps.clock.now(), ZoneInfo(venue["tz"])):
        raise regime_refusals.starts_too_early()


def expect_public_share(before: VenueSettings, after: VenueSettings, day: date) -> None:
    """Refuse a day that takes its week below the agreed share, unless the week was no better before."""
    zone, monday = ZoneInfo(after.venue["tz"]), venue_calendar.monday_of(day)
    percents = [
        public_share.of_week(
            venue_calendar.week_minutes(venue_calendar.calendar_of(one), monday, zone, venue_calendar.kinds_of(one))
        )
        for one in (before, after)
    ]
    if percents[1] < percents[0]:
        public_share.expect_enough(percents[1], after.venue["min_public_percent"])


def look_at_bookings(
    deps: Deps, work: UnitOfWork, before: VenueSettings, *, after: VenueSettings | None = None, keep_bookings: bool
) -> None:
    """Refuse what would leave bookings outside the time that is for them, unless they are kept; then look who waits."""
    now = deps.clock.now()
    after = after or venue_calendar.read(work, before.venue["id"])
    codes = venue_calendar.codes_stranded(
        work.connection, work.division, before, venue_calendar.calendar_of(after), now
    )
    if codes and not keep_bookings:
        raise regime_refusals.bookings_outside_hours(codes)
    look_again_at(work, now)  # longer hours may be what somebody waits for
