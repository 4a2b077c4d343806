# SPDX-License-Identifier: Apache-2.0
"""Which bookings a change of hours would leave outside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from venue.domain.opening import hours
from venue.domain.opening.hours import HoursCalendar, Span


@dataclass(frozen=True)
class Ahead:
    """A booking that lies ahead."""

    code: str
    starts_at: datetime
    ends_at: datetime
    for_group: bool = False
    at_counter: bool = False
    by_resident: bool = False


def stranded(before: HoursCalendar, after: HoursCalendar, ahead: Iterable[Ahead], zone: ZoneInfo) -> list[str]:
    """Return the codes of bookings that lay in open time that is for them and no longer would, in their order.

    Who was outside before the change stays so without being asked about again.
    """
    old, new = _Days(before, zone), _Days(after, zone)
    return [one.code for one in ahead if old.cover(one) and not new.cover(one)]


class _Days:
    """A calendar's spans, each day looked up once."""

    def __init__(self, calendar: HoursCalendar, zone: ZoneInfo) -> None:
        self._calendar, self._zone = calendar, zone
        self._known: dict[date, Sequence[Span]] = {}

    def cover(self, one: Ahead) -> bool:
        """Tell whether every moment of a booking is open, in whatever regime that is for such a booking."""
        first = hours.local_date(one.starts_at, self._zone)
        count = (hours.local_date(one.ends_at, self._zone) - first).days + 1
        reached = one.starts_at
        for span in (span for day in hours.days_from(first, count) for span in self._spans(day)):
            if span.starts_at <= reached < span.ends_at and self._admits(span.regime, one):
                reached = span.ends_at
        return reached >= one.ends_at

    def _admits(self, regime: str, one: Ahead) -> bool:
        nature = self._calendar.nature(regime)
        return nature.is_bookable and nature.is_for(
            for_group=one.for_group, at_counter=one.at_counter, by_resident=one.by_resident
        )

    def _spans(self, day: date) -> Sequence[Span]:
        if day not in self._known:
            self._known[day] = hours.spans_on(day, self._calendar, self._zone)
        return self._known[day]
