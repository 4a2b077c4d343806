# SPDX-License-Identifier: Apache-2.0
"""When something repeats: a subset of RFC 5545's RRULE, expanded on local dates alone.

No clock and no zone appear here, so no jump of the clock can move a date; hours.instant attaches both afterwards.
dateutil does the calendar arithmetic; this module says what is accepted and bounds what it may produce.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from dateutil import rrule

from venue.domain.series import series_refusals as refusals

HORIZON_DAYS = 400  # how far a series reaches from its first date, and how many dates it may have
MOST_DATES = 400
_FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RRULE_DAYS = {day: getattr(rrule, day) for day in WEEKDAYS}
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_MONTH_DAY = re.compile(r"[+-]?([1-9]|[12][0-9]|3[01])")
_DATE = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class Recurrence:
    """A rule as written. ``by_day`` holds (nth of the month or None, weekday such as TU)."""

    frequency: str
    interval: int = 1
    by_day: tuple[tuple[int | None, str], ...] = ()
    by_month_day: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    @property
    def is_endless(self) -> bool:
        """Neither a number of dates nor a last day."""
        return self.count is None and self.until is None

    def ending(self, until: date) -> Recurrence:
        """The same rule with ``until`` as its last day."""
        return replace(self, count=None, until=until)

    def anchored(self, first: date) -> Recurrence:
        """Write out the day that a rule takes from its first date, so that a later beginning does not change it."""
        if self.frequency == "WEEKLY" and not self.by_day:
            return replace(self, by_day=((None, WEEKDAYS[first.weekday()]),))
        if self.frequency == "MONTHLY" and not self.by_day and not self.by_month_day:
            return replace(self, by_month_day=(first.day,))
        return self

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.by_day:
            parts.append("BYDAY=" + ",".join(f"{nth or ''}{day}" for nth, day in self.by_day))
        if self.by_month_day:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.by_month_day)))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def parse(text: str) -> Recurrence:
    """Read a rule such as ``FREQ=MONTHLY;BYDAY=2TU;COUNT=10``; raises Unprocessable ``rrule_not_supported``.

    UNTIL is a date without a time, because a series lives on local dates. A part given twice, an unknown part and a
    combination that calendars read differently are refused: a rule that two programs read as two rules is no rule.
    """
    parts = _parts(text)
    frequency = parts.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise refusals.not_supported("FREQ")
    rule = Recurrence(
        frequency,
        interval=_number("INTERVAL", parts.pop("INTERVAL", "1")),
        by_day=_days(parts.pop("BYDAY", None), frequency),
        by_month_day=_month_days(parts.pop("BYMONTHDAY", None), frequency),
        count=_number("COUNT", parts.pop("COUNT")) if "COUNT" in parts else None,
        until=_date(parts.pop("UNTIL")) if "UNTIL" in parts else None,
    )
    if parts:
        raise refusals.not_supported(min(parts))
    if rule.by_day and rule.by_month_day:
        raise refusals.not_supported("BYMONTHDAY")
    if rule.count is not None and rule.until is not None:
        raise refusals.not_supported("UNTIL")
    return rule


def expand(rule: Recurrence, first: date, *, open_ended: bool = False, since: date | None = None) -> list[date]:
    """Return every date of a rule from ``first`` on, in order; ``first`` itself only if the rule names it.

    With ``since`` the limits are counted from that day: what a series has behind it does not keep it from going on.
    Raises Unprocessable: ``rrule_endless``, ``rrule_too_many`` (more than 400 dates, or further than 400 days), or
    ``rrule_empty``. An open-ended rule is expanded up to the horizon; the nightly job moves that on.
    """
    if rule.is_endless and not open_ended:
        raise refusals.endless()
    begins = max(first, since or first)
    horizon = begins + timedelta(days=HORIZON_DAYS)
    if rule.until is not None and rule.until > horizon:
        raise refusals.too_many(MOST_DATES, HORIZON_DAYS)
    dates = between(rule, first, first, min(rule.until or horizon, horizon))
    if not dates:
        raise refusals.empty()
    ahead = sum(day >= begins for day in dates)
    if (ahead > MOST_DATES and not open_ended) or len(dates) < (rule.count or 0):
        raise refusals.too_many(MOST_DATES, HORIZON_DAYS)
    return dates


def between(rule: Recurrence, first: date, start: date, end: date) -> list[date]:
    """Return the dates of a rule that began on ``first``, from ``start`` to ``end``, both included."""
    found = rrule.rrule(
        _FREQUENCIES[rule.frequency],
        dtstart=datetime.combine(first, datetime.min.time()),
        interval=rule.interval,
        byweekday=[_RRULE_DAYS[day](nth) if nth else _RRULE_DAYS[day] for nth, day in rule.by_day] or None,
        bymonthday=list(rule.by_month_day) or None,
        until=datetime.combine(min(rule.until or end, end), datetime.min.time()),
    )
    return [at.date() for at in islice(found, rule.count) if at.date() >= start]


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise refusals.not_supported(name[:20])
        parts[name] = value
    return parts


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise refusals.not_supported(name)
    return int(text)


def _days(text: str | None, frequency: str) -> tuple[tuple[int | None, str], ...]:
    if text is None:
        return ()
    found = [_DAY.fullmatch(one) for one in text.split(",")]
    days = tuple(dict.fromkeys((int(one[1]) if one[1] else None, one[2]) for one in found if one))
    if not all(found) or any((nth is None) is (frequency == "MONTHLY") for nth, _ in days) or frequency == "DAILY":
        raise refusals.not_supported("BYDAY")
    return days


def _month_days(text: str | None, frequency: str) -> tuple[int, ...]:
    if text is None:
        return ()
    found = text.split(",")
    if frequency != "MONTHLY" or not all(_MONTH_DAY.fullmatch(one) for one in found):
        raise refusals.not_supported("BYMONTHDAY")
    return tuple(dict.fromkeys(map(int, found)))


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        pass
    raise refusals.not_supported("UNTIL")
