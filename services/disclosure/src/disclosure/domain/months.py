# SPDX-License-Identifier: Apache-2.0
"""Calendar months in Asia/Shanghai, written ``YYYY-MM`` so that text order is time order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_date(instant: datetime) -> date:
    """Return the calendar day in Shanghai of an aware instant."""
    return instant.astimezone(SHANGHAI).date()


def month_of(day: date) -> str:
    """Return the month a day lies in."""
    return f"{day.year:04d}-{day.month:02d}"


def following(month: str) -> str:
    """Return the month after ``month``."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def is_over(month: str, now: datetime) -> bool:
    """Tell whether the month has ended in Shanghai at the instant ``now``."""
    return month < month_of(local_date(now))


def has_begun(month: str, now: datetime) -> bool:
    """Tell whether the month has begun in Shanghai at the instant ``now``."""
    return month <= month_of(local_date(now))


def month_to_post_in(occurred_on: date, *, opened_month: str, closed: Collection[str]) -> str:
    """Choose the month an entry belongs to: its own, or the first open one after it.

    Nothing is dated back (medici's back-dating made its balances stale): what arrives after its month was closed is
    posted to the open month and keeps its ``occurred_on``.
    """
    month = max(month_of(occurred_on), opened_month)
    while month in closed:
        month = following(month)
    return month
