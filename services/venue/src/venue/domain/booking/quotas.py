# SPDX-License-Identifier: Apache-2.0
"""How much somebody may book in a day, a week, a month or a year of the venue's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.errors import AppError, Invalid, NotFound, Unprocessable

from venue.domain.booking.offer import Part, Quota

SUBJECTS = {
    "person": ("每人", "a person"),
    "household": ("每户", "a household"),
    "group": ("每个社团", "a group"),
    "community": ("全社区", "the whole community"),
}
PERIODS = {"day": ("每天", "day"), "week": ("每周", "week"), "month": ("每月", "month"), "year": ("每年", "year")}


@dataclass(frozen=True)
class Use:
    """What a booking would use of a quota. A booking counts in the period in which it starts."""

    quota: Quota
    subject_id: UUID
    period_start: date
    minutes: int


@dataclass(frozen=True)
class Used:
    """What is used up of a quota by one subject in one period."""

    count: int = 0
    minutes: int = 0


def period_start(period: str, day: date) -> date:
    """Return the first day of the period a day lies in; weeks begin on Monday."""
    if period == "week":
        return day - timedelta(days=day.isoweekday() - 1)
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[period]


def renews_on(period: str, start: date) -> date:
    """Return the first day of the next period."""
    longest = {"day": 1, "week": 7, "month": 31, "year": 366}[period]
    return period_start(period, start + timedelta(days=longest))


def uses(quotas: Iterable[Quota], day: date, parts: Sequence[Part], subjects: Mapping[str, UUID | None]) -> list[Use]:
    """Return what a booking of ``day`` uses of each quota that speaks about it."""
    found = []
    for quota in quotas:
        subject_id = subjects.get(quota.subject)
        if subject_id is None or day < quota.valid_from or (quota.valid_until is not None and quota.valid_until <= day):
            continue
        minutes = sum(
            (part.ends_at - part.starts_at) // timedelta(minutes=1)
            for part in parts
            if quota.regime in (None, part.regime)
        )
        if minutes:
            found.append(Use(quota, subject_id, period_start(quota.period, day), minutes))
    return found


def subjects_of(
    person_id: UUID, household_id: UUID | None, group_id: UUID | None, venue_id: UUID
) -> dict[str, UUID | None]:
    """Name the subjects a booking counts for. Who belongs to no household known here is one by themselves."""
    return {
        "person": person_id,
        "household": household_id or person_id,
        "group": group_id,
        "community": venue_id,
    }


def exceeds(use: Use, used: Used) -> bool:
    """Tell whether a use does not fit into what is left."""
    quota = use.quota
    return (quota.count_limit is not None and used.count + 1 > quota.count_limit) or (
        quota.minutes_limit is not None and used.minutes + use.minutes > quota.minutes_limit
    )


def quota_exceeded(use: Use, used: Used) -> AppError:
    """Say which quota is used up, how far, and when it begins anew."""
    quota, again = use.quota, renews_on(use.quota.period, use.period_start)
    by_count = quota.count_limit is not None and used.count + 1 > quota.count_limit
    limit, spent, unit_zh, unit_en = (
        (quota.count_limit, used.count, "次", "bookings")
        if by_count
        else (_hours(quota.minutes_limit or 0), _hours(used.minutes), "小时", "hours")
    )
    subject, period = SUBJECTS[quota.subject], PERIODS[quota.period]
    return Unprocessable(
        "quota_exceeded",
        zh=f"{subject[0]}{period[0]}最多订 {limit} {unit_zh}，已用 {spent} {unit_zh}；{again:%Y-%m-%d} 起重新计算。",
        en=f"At most {limit} {unit_en} a {period[1]} for {subject[1]}; {spent} are used. It begins anew on {again}.",
        quota_id=str(quota.quota_id),
        subject=quota.subject,
        period=quota.period,
        regime=quota.regime,
        count_limit=quota.count_limit,
        minutes_limit=quota.minutes_limit,
        used_count=used.count,
        used_minutes=used.minutes,
        renews_on=again.isoformat(),
    )


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


def limits_nothing() -> AppError:
    """A quota without any limit."""
    return Invalid("quota_without_limit", zh="请至少限定次数或时长之一。", en="Limit the count, the minutes or both.")


def unknown_regime() -> AppError:
    """The venue has no such regime."""
    return Unprocessable("regime_not_found", zh="这个场所没有这个时段。", en="The venue has no such regime.")


def unknown_quota() -> AppError:
    """No such quota here."""
    return NotFound("quota_not_found", zh="没有找到这条限额。", en="There is no such quota.")


def quota_begins_in_the_past() -> AppError:
    """Rules hold from today on."""
    return Unprocessable(
        "quota_in_the_past", zh="限额只能从今天或以后开始或结束。", en="A quota begins and ends today or later."
    )


def quota_ends_earlier(day: date) -> AppError:
    """To end a quota is never to lengthen it: what is over does not come back."""
    return Unprocessable(
        "quota_ends_earlier",
        zh=f"这条限额到 {day.isoformat()} 就结束了；要更久请另立一条。",
        en=f"This quota ends on {day.isoformat()} already; set another one to go on for longer.",
    )
