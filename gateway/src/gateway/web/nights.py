# SPDX-License-Identifier: Apache-2.0
"""Nights belong to the day they began on: what is open past midnight is drawn at that day's right edge."""

from __future__ import annotations

from datetime import date

from gateway.web import weeks
from gateway.web.weeks import Stretch

MIDNIGHT = 24 * 60
Days = list[tuple[date, list[Stretch]]]


def by_night(days: Days) -> Days:
    """Move what a room's day only goes on with after midnight to the day before.

    Without it one late night would stretch every day of a week by hours in which nobody is there.
    """
    drawn: Days = []
    for on, rows in days:
        night = _night(*drawn[-1], on, rows) if drawn else 0
        if night:
            drawn[-1][1].extend(rows[:night])
        drawn.append((on, rows[night:]))
    return drawn


def _night(before: date, earlier: list[Stretch], on: date, rows: list[Stretch]) -> int:
    """Count the stretches that go on from the day before; none where the house is open around the clock."""
    is_open = [row for row in earlier if row.state != "closed"]
    if not is_open or weeks.minutes(before, is_open[-1])[1] != MIDNIGHT:
        return 0
    count, at = 0, 0
    for row in rows:
        first, last = weeks.minutes(on, row)
        if row.state == "closed" or first != at:
            break
        count, at = count + 1, last
    return count if at < MIDNIGHT else 0
