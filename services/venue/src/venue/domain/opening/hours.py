# SPDX-License-Identifier: Apache-2.0
"""When a venue's regimes hold: weekly rules by the local wall clock, turned into instants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GRAIN = timedelta(minutes=30)
NOT_FOR_BOOKING = frozenset({"office_hours", "government_desk", "closed"})
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)  # inside it, no zone or addition can overflow


@dataclass(frozen=True)
class WeeklyRule:
    """A regime holds on ``weekday`` (ISO, 1 is Monday) from minute to minute of the local day.

    ``valid_from`` and ``valid_until`` (exclusive, None: open) bound the local dates on which it holds.
    """

    regime: str
    weekday: int
    from_minute: int
    until_minute: int
    valid_from: date = EARLIEST
    valid_until: date | None = None

    def holds_on(self, day: date, weekday: int | None = None) -> bool:
        """Tell whether the rule speaks about this local day; ``weekday`` where it keeps another weekday's hours."""
        return (
            (weekday or day.isoweekday()) == self.weekday
            and self.valid_from <= day
            and (self.valid_until is None or day < self.valid_until)
        )


@dataclass(frozen=True)
class DatedHours:
    """A stretch of one day that has hours of its own; without a regime the venue is closed then."""

    from_minute: int
    until_minute: int
    regime: str | None


@dataclass(frozen=True)
class Nature:
    """What kind of time a regime is, whom it is for, and whether each booking in it must be approved."""

    kind: str
    audience: str = "everyone"
    needs_approval: bool = False

    @property
    def is_bookable(self) -> bool:
        """Tell whether anybody at all may book such time."""
        return self.kind not in NOT_FOR_BOOKING

    def is_for(self, *, for_group: bool, at_counter: bool, by_resident: bool) -> bool:
        """Tell whether the time is for such a booking: groups have theirs, officials' is given at the counter.

        Residents' time is for who lives in a household of the community; the counter gives it to others too.
        """
        of_residents = by_resident or at_counter
        return {"groups": for_group, "officials": at_counter, "residents": of_residents}.get(self.audience, True)


OPEN_TO_ALL = Nature("commercial")


@dataclass(frozen=True)
class HoursCalendar:
    """All that decides when a venue is open.

    ``follows`` names the weekday whose hours a holiday or make-up workday keeps. A day in ``exceptions`` follows its
    own hours alone, whatever the week and the holiday say.
    """

    weekly: Sequence[WeeklyRule] = ()
    follows: Mapping[date, int] = field(default_factory=dict)
    exceptions: Mapping[date, Sequence[DatedHours]] = field(default_factory=dict)
    natures: Mapping[str, Nature] = field(default_factory=dict)

    def nature(self, regime: str) -> Nature:
        """Return what kind of time a regime is; without a word about it, time for everyone."""
        return self.natures.get(regime, OPEN_TO_ALL)

    def stretches(self, day: date) -> list[tuple[int, int, str]]:
        """Return the day's (from, until, regime) in order."""
        own = self.exceptions.get(day)
        if own is not None:
            return sorted((one.from_minute, one.until_minute, one.regime) for one in own if one.regime is not None)
        weekday = self.follows.get(day)
        holding = (rule for rule in self.weekly if rule.holds_on(day, weekday))
        return sorted((rule.from_minute, rule.until_minute, rule.regime) for rule in holding)


@dataclass(frozen=True, order=True)
class Span:
    """An unbroken stretch of one regime, in UTC."""

    starts_at: datetime
    ends_at: datetime
    regime: str


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Turn a local wall time into the instant in UTC.

    A time that the clock jumps over counts as the first instant after the jump; a time that occurs
    twice means its first occurrence. Minute 1440 is the next midnight.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    local = wall.replace(tzinfo=zone)
    back = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back == wall:
        return local.astimezone(UTC)
    before = local.utcoffset()  # fold=0 in a gap: the offset that held before the jump
    after = local.replace(fold=1).utcoffset()
    assert before is not None and after is not None  # a zone always has an offset
    return _jump(wall, before, after, zone)


def _jump(wall: datetime, before: timedelta, after: timedelta, zone: ZoneInfo) -> datetime:
    """Find the instant at which the clock jumps over ``wall``, to the minute."""
    low, high = (wall - after).replace(tzinfo=UTC), (wall - before).replace(tzinfo=UTC)
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=((high - low) // timedelta(minutes=1)) // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def spans_on(day: date, calendar: HoursCalendar | Iterable[WeeklyRule], zone: ZoneInfo) -> list[Span]:
    """Return the regime spans of a local day in order; adjacent stretches of one regime are one span."""
    if not isinstance(calendar, HoursCalendar):
        calendar = HoursCalendar(list(calendar))
    spans = [
        Span(instant(day, start, zone), instant(day, end, zone), regime)
        for start, end, regime in calendar.stretches(day)
    ]
    return joined(span for span in spans if span.starts_at < span.ends_at)  # the clock may jump over a whole stretch


def joined(spans: Iterable[Span]) -> list[Span]:
    """Join neighbours of one regime, over midnight too."""
    result: list[Span] = []
    for span in spans:
        if result and result[-1].regime == span.regime and result[-1].ends_at == span.starts_at:
            result[-1] = Span(result[-1].starts_at, span.ends_at, span.regime)
        else:
            result.append(span)
    return result


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """Return the venue's date at an instant."""
    return at.astimezone(zone).date()


def is_on_grain(at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the local wall clock shows a full or a half hour."""
    local = at.astimezone(zone)
    return local.minute % 30 == 0 and local.second == 0 and local.microsecond == 0


def is_on_the_clock(at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the wall time an instant is written in exists where it carries the zone's own offset.

    Written in UTC or another zone's offset it is an instant and nothing else.
    """
    offset, wall = at.utcoffset(), at.replace(tzinfo=None)
    local = wall.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
        return True
    return not offset or offset not in (local.utcoffset(), local.replace(fold=1).utcoffset())


def next_grain(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at or after ``at`` that lies on the grain."""
    local = at.astimezone(zone)
    over = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return at if not over else at + GRAIN - over


def days_from(first: date, count: int) -> Sequence[date]:
    """Return ``count`` consecutive local days."""
    return [first + timedelta(days=offset) for offset in range(count)]
