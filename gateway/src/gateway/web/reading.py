# SPDX-License-Identifier: Apache-2.0
"""Days and numbers as an address or a form says them: what is none, or lies beyond any calendar here, is None."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import abort

# Wide enough for every page, and far enough from what a date can hold that a week more or less is a date too.
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


def day(text: str | None) -> date | None:
    """Read a day such as 2026-11-23."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def day_or(text: str | None, usual: date) -> date:
    """Read the day of an address; without one it is the usual. There is no page of what is no day."""
    found = day(text) if text else usual
    if found is None:
        abort(404)
    return found


def month(text: str | None) -> str | None:
    """Read a month such as 2026-11."""
    found = day(f"{text or ''}-01")
    return text if found else None


def number(text: str | None, most: int = 999_999_999) -> int | None:
    """Read a whole number up to ``most``, in the digits that a keyboard has."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > len(str(most)):
        return None
    return int(digits) if int(digits) <= most else None


def is_id(text: str) -> bool:
    """Tell whether a text is an id as every service writes them."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def since_midnight(wall: str, most: int = 24) -> timedelta | None:
    """Read a wall time from 00:00 to 24:00 as the time since midnight; with ``most`` hours the next day's too."""
    hour, _, minute = wall.partition(":")
    hours, minutes = number(hour, most), number(minute, 59)
    if hours is None or minutes is None or (hours == most and minutes):
        return None
    return timedelta(hours=hours, minutes=minutes)
