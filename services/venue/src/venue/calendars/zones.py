# SPDX-License-Identifier: Apache-2.0
"""Describing a time zone as VTIMEZONE: one onset a change of the clock, each at the wall time that was left.

The library's own description gathers changes in lists (RDATE) and dates them by the wall time that is entered, which
some readers take an hour or a year wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar

STEP, MINUTE = timedelta(days=1), timedelta(minutes=1)


def describe(tz: str, first: date, last: date) -> icalendar.Timezone:
    """Describe what the clocks of a zone do between two days."""
    zone = ZoneInfo(tz)
    described = icalendar.Timezone()
    described.add("tzid", tz)
    start = datetime.combine(first, time(), UTC)
    described.add_component(_onset(start, zone, before=start))
    for change in _changes(start, datetime.combine(last, time(), UTC), zone):
        described.add_component(_onset(change, zone, before=change - MINUTE))
    return described


def _onset(
    at: datetime, zone: ZoneInfo, *, before: datetime
) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    local, left = at.astimezone(zone), before.astimezone(zone).utcoffset()
    assert left is not None  # a zone always has an offset
    onset = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    onset.add("dtstart", (at + left).replace(tzinfo=None))
    onset.add("tzoffsetfrom", left)
    onset.add("tzoffsetto", local.utcoffset())
    onset.add("tzname", local.tzname())
    return onset


def _changes(at: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Find each instant at which the offset changes, to the minute."""
    while at < until:
        low, high = at, at + STEP
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high
        at += STEP
