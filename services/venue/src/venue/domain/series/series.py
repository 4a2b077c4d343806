# SPDX-License-Identifier: Apache-2.0
"""A series: what repeats, where and for whom; its dates on the wall clock, and what was decided about each.

The wall time is the truth. An instant is worked out from it and from the zone, date by date, and never from the
instant of another date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.errors import AppError

from venue.domain import refusals
from venue.domain.booking import judging
from venue.domain.booking.judging import Wish
from venue.domain.booking.offer import Offer, Terms
from venue.domain.opening import hours
from venue.domain.series import recurrence
from venue.domain.series import series_refusals as refused
from venue.domain.series.recurrence import HORIZON_DAYS, Recurrence

ALL_OR_NOTHING, SKIP_AND_REPORT, OFFER_ALTERNATIVES = "all_or_nothing", "skip_and_report", "offer_alternatives"
ONE, FOLLOWING, ALL = "one", "following", "all"
GRAIN_MINUTES = 30
Equipment = tuple[tuple[UUID, int], ...]  # so many of which, in the order of their ids
RULE_CHANGED = "rule_changed"


@dataclass(frozen=True)
class Plan:
    """When a series takes place, whatever its dates turn out to be. Minutes may run past midnight."""

    rule: Recurrence
    first_date: date
    local_start: time
    minutes: int
    zone: ZoneInfo
    open_ended: bool = False

    @property
    def dates(self) -> list[date]:
        """Every date the rule names; raises Unprocessable where it may not be so."""
        return recurrence.expand(self.rule, self.first_date, open_ended=self.open_ended)

    def on(self, day: date) -> Occurrence:
        """Return the occurrence of a date."""
        start_minute = self.local_start.hour * 60 + self.local_start.minute
        starts_at = hours.instant(day, start_minute, self.zone)
        planned = datetime.combine(day, self.local_start)
        return Occurrence(
            day,
            planned,
            planned + timedelta(minutes=self.minutes),
            starts_at,
            hours.instant(day, start_minute + self.minutes, self.zone),
            shifted=starts_at.astimezone(self.zone).replace(tzinfo=None) != planned,
        )


@dataclass(frozen=True)
class Occurrence:
    """One date on the wall clock and in time. ``shifted``: the clock jumps over the planned start."""

    on: date
    local_start: datetime
    local_end: datetime
    starts_at: datetime
    ends_at: datetime
    shifted: bool = False


@dataclass(frozen=True)
class Series:
    """A series as stored. Without ``until`` it is open-ended and rolled on every night.

    ``split`` agrees to the prices of several regimes, where a date lies in more than one. ``equipment`` is what every
    new date takes with the room.
    """

    series_id: UUID
    version: int
    state: str
    venue_id: UUID
    space_id: UUID
    person_id: UUID
    booked_by: str
    channel: str
    on_behalf_reason: str | None
    rrule: str
    first_date: date
    until: date | None
    materialised_until: date
    local_start: time
    minutes: int
    tz: str
    policy: str
    purpose: str | None
    party_size: int | None
    created_at: datetime
    group_id: UUID | None = None
    previous_series_id: UUID | None = None
    cancelled_at: datetime | None = None
    split: bool = False
    equipment: Equipment = ()

    @property
    def plan(self) -> Plan:
        """When it takes place."""
        rule = recurrence.parse(self.rrule)
        return Plan(rule, self.first_date, self.local_start, self.minutes, ZoneInfo(self.tz), self.until is None)


@dataclass(frozen=True)
class Verdict:
    """What the rules say to one date, before anybody looks whether the room is taken."""

    occurrence: Occurrence
    terms: Terms | None
    failure: AppError | None


@dataclass(frozen=True)
class LeftOut:
    """A date that could not be had, and the rule that kept it out."""

    occurrence: Occurrence
    failure: AppError


def check_times(local_start: time, minutes: int, longest_minutes: int) -> None:
    """Refuse times that no date could ever have."""
    if local_start.minute % GRAIN_MINUTES or local_start.second or local_start.microsecond or minutes % GRAIN_MINUTES:
        raise refusals.not_on_grain()
    if minutes <= 0:
        raise refusals.ends_not_after_start()
    if minutes > longest_minutes:
        raise refusals.too_long(longest_minutes)


def check_reach(plan: Plan, today: date, *, at_counter: bool, most_of_ones_own: int) -> None:
    """Refuse what begins beyond the horizon, is over before it began, and more dates than the caller may take."""
    if plan.first_date > today + timedelta(days=HORIZON_DAYS):
        raise refused.past_the_horizon(HORIZON_DAYS)
    if plan.first_date < today - timedelta(days=HORIZON_DAYS):
        raise refusals.in_the_past()
    if plan.open_ended and not at_counter:
        raise refused.open_ended_at_counter()
    if plan.open_ended and not plan.rule.is_endless:
        raise refused.open_ended_has_no_end()
    if not at_counter and len(plan.dates) > most_of_ones_own:
        raise refused.too_many_of_ones_own(most_of_ones_own)


def judge(
    offer: Offer, occurrences: Sequence[Occurrence], who: Wish, now: datetime, *, far: bool = False
) -> list[Verdict]:
    """Judge each date by the rules of a single booking; ``who`` says for whom and how many.

    At the counter a series reaches as far as any series may, and so does one arranged there (``far``) whoever changes
    it; one's own keeps to the venue's horizon.
    """
    if who.at_counter or far:
        offer = replace(offer, horizon_days=max(offer.horizon_days, HORIZON_DAYS))
    return [_verdict(offer, occurrence, who, now) for occurrence in occurrences]


def _verdict(offer: Offer, occurrence: Occurrence, who: Wish, now: datetime) -> Verdict:
    if occurrence.ends_at <= occurrence.starts_at:
        return Verdict(occurrence, None, refused.not_on_the_clock())
    wish = replace(who, starts_at=occurrence.starts_at, ends_at=occurrence.ends_at)
    judgement = judging.judge(offer, wish, now)
    if judgement.failures:
        return Verdict(occurrence, None, judgement.failures[0])
    if judgement.terms is not None and judgement.terms.needs_approval:
        return Verdict(occurrence, None, refused.needs_approval())
    return Verdict(occurrence, judgement.terms, None)
