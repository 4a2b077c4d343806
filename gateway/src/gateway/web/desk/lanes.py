# SPDX-License-Identifier: Apache-2.0
"""A day of rooms as lanes: bookings, closures and sessions where they lie, and the free time between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.web import weeks
from gateway.web.formats import moment

GRAIN = 30
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


@dataclass(frozen=True)
class Board:
    """All lanes between the hours any room is open, day by day."""

    opens: int
    closes: int
    days: list[tuple[date, list[Lane]]]

    @property
    def hours(self) -> list[int]:
        """Return the full hours from left to right, as a clock says them."""
        return [minute // 60 % 24 for minute in range(self.opens, self.closes, 60)]

    @property
    def starts(self) -> list[int]:
        """Return every half hour at which something may begin."""
        return list(range(self.opens, self.closes, GRAIN))


def board(availability: dict[str, Any], bookings: list[dict[str, Any]]) -> Board:
    """Arrange availability and bookings as lanes, on whole hours."""
    spaces, regimes = availability["spaces"], availability.get("regimes", ())
    read = [[(date.fromisoformat(day["date"]), weeks.stretches(day, regimes)) for day in one["days"]] for one in spaces]
    opens, closes = weeks.opening([day for days in read for day in days])
    lying = [row for row in bookings if row["state"] in TAKES_ROOM]
    spans = [weeks.minute_of(moment(row["starts_at"]).date(), moment(row["ends_at"])) for row in lying]
    opens, closes = opens // 60 * 60, -(-max([closes, *spans]) // 60) * 60
    days = [
        (
            on,
            [_lane(space, on, days[number][1], lying, opens, closes) for space, days in zip(spaces, read, strict=True)],
        )
        for number, (on, _rows) in enumerate(read[0] if read else [])
    ]
    return Board(opens, closes, days)


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
