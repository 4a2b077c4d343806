# SPDX-License-Identifier: Apache-2.0
"""When a place may be closed. Closures hold atoms like bookings do, without buffers."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from venue.domain import refusals
from venue.domain.opening import hours
from venue.domain.venues import closure_refusals

LONGEST_DAYS = 400


def judge(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, now: datetime) -> None:
    """Refuse a time that cannot be closed. The running half hour may: a pipe bursts without notice.

    The instants come as they were written: a wall time the clock jumps over is none.
    """
    if ends_at <= starts_at:
        raise refusals.ends_not_after_start()
    if not (hours.is_on_the_clock(starts_at, zone) and hours.is_on_the_clock(ends_at, zone)):
        raise refusals.no_such_local_time()
    if not (hours.is_on_grain(starts_at, zone) and hours.is_on_grain(ends_at, zone)):
        raise refusals.not_on_grain()
    if starts_at <= now - hours.GRAIN:
        raise refusals.in_the_past()
    if ends_at - starts_at > timedelta(days=LONGEST_DAYS) or starts_at > now + timedelta(days=LONGEST_DAYS):
        raise closure_refusals.closure_too_long(LONGEST_DAYS)
