# SPDX-License-Identifier: Apache-2.0
"""A day of rooms as lanes: bookings, closures and sessions where they lie, and the free time between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from gateway.web import nights, weeks
from gateway.web.formats import moment

GRAIN = 30
HOURS_WRITTEN = 4  # how many hours at most stand above a small drawing of a day
# A booking in one of these states takes the room; the others lie in the list, not in the lanes.
TAKES_ROOM = ("held", "confirmed", "checked_in", "checked_out")


@dataclass(frozen=True)
class Segment:
    """A part of a lane, from one half hour to another; ``booking`` where one lies."""

    first: int
    last: int
    look: str
    stretch: weeks.Stretch | None = None
    booking: dict[str, Any] | None = None

    @property
    def columns(self) -> int:
        """Return how many half hours it covers."""
        return (self.last - self.first) // GRAIN


@dataclass(frozen=True)
class Lane:
    """One room on one day."""

    space: dict[str, Any]
    on: date
    segments: list[Segment]


class Entry(NamedTuple):
    """A line of a day's list: a booking, or a session or closure with every room it takes."""

    segment: Segment
    rooms: list[str]


class Day(NamedTuple):
    """All rooms on one day."""

    on: date
    lanes: list[Lane]

    @property
    def entries(self) -> list[Entry]:
        """List what lies on the day by time, as a phone shows it."""
        found: dict[Any, Entry] = {}
        for lane in self.lanes:
            for one in lane.segments:
                label = one.stretch.label if one.stretch and one.look in ("session", "closed") else None
                if one.booking or label:
                    key = one.booking["booking_id"] if one.booking else (label, one.first, one.last)
                    found.setdefault(key, Entry(one, [])).rooms.append(lane.space["name"])
        return sorted(found.values(), key=lambda entry: entry.segment.first)

    @property
    def idle(self) -> list[str]:
        """Return the rooms on which nothing lies, not even on a part of them."""
        taken = ("busy", "session")
        idle = (lane for lane in self.lanes if not any(one.booking or one.look in taken for one in lane.segments))
        return [lane.space["name"] for lane in idle]


@dataclass(frozen=True)
class Board:
    """All lanes between the hours any room is open, day by day."""

    opens: int
    closes: int
    days: list[Day]

    @property
    def hours(self) -> list[int]:
        """Return the full hours from left to right, as a clock says them."""
        return [minute // 60 % 24 for minute in range(self.opens, self.closes, 60)]

    @property
    def starts(self) -> list[int]:
        """Return every half hour at which something may begin."""
        return list(range(self.opens, self.closes, GRAIN))


def board(availability: dict[str, Any], bookings: list[dict[str, Any]], count: int | None = None) -> Board:
    """Arrange availability and bookings as lanes, on whole hours.

    ``count`` is how many days are drawn; the one after them says how the last night goes on.
    """
    spaces, regimes = availability["spaces"], availability.get("regimes", ())
    read = [_days(one, regimes)[:count] for one in spaces]
    lying = [row for row in bookings if row["state"] in TAKES_ROOM]
    opens, closes = _hours([day for days in read for day in days], [_ends(row) for row in lying])
    days = [
        Day(
            on,
            [_lane(space, on, days[number][1], lying, opens, closes) for space, days in zip(spaces, read, strict=True)],
        )
        for number, (on, _rows) in enumerate(read[0] if read else [])
    ]
    return Board(opens, closes, days)


def without_houses(whole: Board, houses: set[str | None]) -> Board:
    """Leave out the lanes of what is divided into rooms, unless it is booked as a whole: its rooms say the rest."""
    days = [
        Day(
            day.on,
            [
                lane
                for lane in day.lanes
                if lane.space["space_id"] not in houses or any(one.booking for one in lane.segments)
            ],
        )
        for day in whole.days
    ]
    return Board(whole.opens, whole.closes, days)


@dataclass(frozen=True)
class Strip:
    """A day's rooms as a small drawing: each booking from left to right in percent of the week's opening hours."""

    opens: int
    closes: int
    rooms: list[tuple[str, list[dict[str, Any]]]]

    def at(self, minute: int) -> float:
        """Return where a minute lies, in percent; what is outside lies at the edge."""
        return round(min(max((minute - self.opens) / (self.closes - self.opens), 0), 1) * 100, 2)

    @property
    def hours(self) -> list[tuple[int, float]]:
        """Return a few full hours with their places."""
        step = -(-(self.closes - self.opens) // (60 * HOURS_WRITTEN)) * 60
        return [(minute // 60 % 24, self.at(minute)) for minute in range(self.opens, self.closes, step)]


def strip(week: dict[str, Any] | None, bookings: list[dict[str, Any]]) -> Strip | None:
    """Draw a day on the hours its week is open, and as long as anything lies; None while the week cannot be read."""
    if week is None:
        return None
    lying = [{**row, **_ends(row)} for row in bookings]
    opens, closes = _hours([day for space in week["spaces"] for day in _days(space)], lying)
    rooms = [
        (space["name"], [row for row in lying if row["space_id"] == space["space_id"]]) for space in week["spaces"]
    ]
    return Strip(opens, closes, rooms)


def _days(space: dict[str, Any], regimes: Sequence[dict[str, Any]] = ()) -> nights.Days:
    days = [(date.fromisoformat(day["date"]), weeks.stretches(day, regimes)) for day in space["days"]]
    return nights.by_night(days)


def _ends(row: dict[str, Any]) -> dict[str, int]:
    on = moment(row["starts_at"]).date()
    return {"first": _minute(on, row, "starts_at"), "last": _minute(on, row, "ends_at")}


def _minute(on: date, row: dict[str, Any], end: str) -> int:
    return weeks.minute_of(on, moment(row[end]))


def _hours(days: list[tuple[date, list[weeks.Stretch]]], lying: list[dict[str, Any]]) -> tuple[int, int]:
    """Return whole hours around the opening of some days and around what lies on them."""
    opens, closes = weeks.opening(days)
    first, last = min([opens, *(row["first"] for row in lying)]), max([closes, *(row["last"] for row in lying)])
    return first // 60 * 60, -(-last // 60) * 60


def _lane(
    space: dict[str, Any], on: date, rows: list[weeks.Stretch], bookings: list[dict[str, Any]], opens: int, closes: int
) -> Lane:
    own = [_booked(on, row) for row in bookings if row["space_id"] == space["space_id"]]
    lying = sorted((one for one in own if opens <= one.first < closes), key=lambda one: one.first)
    segments: list[Segment] = []
    at = opens
    for one in lying:
        if one.first < at:
            continue  # two bookings of one room never lie on each other; a stale read is no reason to break the row
        segments += [*_between(on, rows, at, one.first), one]
        at = one.last
    return Lane(space, on, [*segments, *_between(on, rows, at, closes)])


def _booked(on: date, row: dict[str, Any]) -> Segment:
    first, last = (weeks.minute_of(on, moment(row[name])) for name in ("starts_at", "ends_at"))
    return Segment(first, last, "commercial" if row["price_fen"] else "benefit", booking=row)


def _between(on: date, rows: list[weeks.Stretch], first: int, last: int) -> list[Segment]:
    """Fill the time between two bookings with what the room says of it; what it does not speak of is closed."""
    segments: list[Segment] = []
    at = first
    for row in rows:
        begins, ends = weeks.minutes(on, row)
        begins, ends = max(begins, at), min(ends, last)
        if ends <= begins:
            continue
        if begins > at:
            segments.append(Segment(at, begins, "closed"))
        segments.append(Segment(begins, ends, "busy" if row.look == "mine" else row.look, row))
        at = ends
    return [*segments, Segment(at, last, "closed")] if at < last else segments
