# SPDX-License-Identifier: Apache-2.0
"""A weekly plan of sittings or of a desk: local wall time, and officials who take turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from venue.domain.sittings import sitting_refusals as refusals

WEEK = 7
AHEAD = timedelta(weeks=8)  # how far ahead a rota holds its rooms
LONGEST_TERM = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Official:
    """Who sits, as the public knows them: an office and a function. ``officer_id`` is for staff alone."""

    office: str
    function_zh: str
    function_en: str
    officer_id: UUID | None = None


@dataclass(frozen=True)
class Rota:
    """A plan. ``valid_until`` is its last local day; None goes on. Officials take turns in their order."""

    rota_id: UUID
    version: int
    kind: str
    space_id: UUID
    weekdays: Sequence[int]
    from_minute: int
    minutes: int
    tz: str
    title_zh: str
    title_en: str
    valid_from: date
    valid_until: date | None
    officials: Sequence[Official] = ()
    desk_code: str | None = None
    capacity_per_hour: int | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the plan names this local day."""
        within = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return within and day.isoweekday() in self.weekdays

    def dates(self, first: date, last: date) -> Iterator[date]:
        """Yield the plan's days from ``first`` to ``last``."""
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if self.holds_on(day):
                yield day

    def official_on(self, day: date) -> Official | None:
        """Return whose turn a day is: turns are counted from the plan's first day, so they never shift."""
        if not self.officials:
            return None
        return self.officials[self._turn(day) % len(self.officials)]

    def _turn(self, day: date) -> int:
        weeks, rest = divmod((day - self.valid_from).days, WEEK)
        left = [self.valid_from + timedelta(days=weeks * WEEK + offset) for offset in range(rest)]
        return weeks * len(self.weekdays) + sum(one.isoweekday() in self.weekdays for one in left)


def require_possible(rota: Rota, today: date) -> None:
    """Refuse a plan that could never hold a room. Raises Unprocessable."""
    if rota.from_minute + rota.minutes > 24 * 60:
        raise refusals.past_midnight()
    if rota.valid_from < today:
        raise refusals.starts_in_the_past()
    last = rota.valid_until
    if last is not None and last < rota.valid_from:
        raise refusals.ends_before_it_starts()
    if rota.valid_from > today + LONGEST_TERM or (last is not None and last > today + LONGEST_TERM):
        raise refusals.too_far_away()
    if last is not None and not any(rota.dates(rota.valid_from, min(last, rota.valid_from + timedelta(days=WEEK)))):
        raise refusals.names_no_day()
