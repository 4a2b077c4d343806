# SPDX-License-Identifier: Apache-2.0
"""A room's free and busy times as people read them: a week's table, a day's list, starts and ends to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from gateway.web.formats import SHANGHAI, moment

GRAIN = timedelta(minutes=30)
# Where a long free stretch is divided in the table, so that a click already says about when.
MARKS = tuple(timedelta(hours=hour) for hour in (9, 11, 13, 15, 17, 18, 19, 20, 21))

# What a table shows of days that are closed altogether.
USUAL_OPENING = (9 * 60, 22 * 60)
DIVIDED = ("benefit", "commercial", "past")


@dataclass(frozen=True)
class Stretch:
    """A stretch of one day in one state."""

    starts_at: datetime
    ends_at: datetime
    state: str
    regime: str | None
    price_fen_per_hour: int | None
    mine: bool
    kind: str | None = None
    label: str | None = None

    @property
    def look(self) -> str:
        """Return the word that decides colour and label."""
        if self.mine and self.state != "past":
            return "mine"
        if self.state == "busy" and self.kind in ("session", "closure"):
            return "session" if self.kind == "session" else "closed"
        if self.state == "free":
            return "commercial" if self.price_fen_per_hour else "benefit"
        return self.state

    def price_fen(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return what a part of it costs, in fen."""
        minutes = int((ends_at - starts_at).total_seconds()) // 60
        return (self.price_fen_per_hour or 0) * minutes // 60


@dataclass(frozen=True)
class Cell:
    """A part of a stretch, from one mark of the table to the next; it reaches over ``rows`` lines."""

    starts_at: datetime
    stretch: Stretch | None
    rows: int


@dataclass(frozen=True)
class Group:
    """The stretches of one regime on one day."""

    regime: str | None
    price: int
    rows: list[Stretch]


def stretches(day: dict[str, Any]) -> list[Stretch]:
    """Read a day's intervals from the contract."""
    return [
        Stretch(
            moment(row["starts_at"]),
            moment(row["ends_at"]),
            row["state"],
            row.get("regime"),
            row.get("price_fen_per_hour"),
            bool(row.get("mine")),
            row.get("kind"),
            row.get("label"),
        )
        for row in day["intervals"]
    ]


def table(days: list[dict[str, Any]]) -> list[tuple[str, list[Cell | None]]]:
    """Arrange a week as rows by time. What begins on a half hour on one day divides no other day's cell.

    None stands where a cell from a row above reaches down.
    """
    by_day = [(date.fromisoformat(day["date"]), _open(stretches(day))) for day in days]
    lines = sorted({line for on, rows in by_day for line in _lines(on, rows)})
    columns = [_column(on, rows, lines) for on, rows in by_day]
    return [
        (_wall(line), [column[number] for column in columns])
        for number, line in enumerate(lines[:-1])
        if any(column[number] is None or column[number].stretch for column in columns)
    ]


def starts(rows: list[Stretch]) -> list[tuple[datetime, Stretch]]:
    """List every possible start of a day, on the half hour."""
    return [(at, row) for row in rows if row.state == "free" for at in _steps(row.starts_at, row.ends_at)]


def ends(row: Stretch, starts_at: datetime) -> list[tuple[datetime, int]]:
    """List every possible end after a start within one stretch, each with its price."""
    first = starts_at + GRAIN
    return [(at, row.price_fen(starts_at, at)) for at in [*_steps(first, row.ends_at), row.ends_at] if at >= first]


def minutes(on: date, row: Stretch) -> tuple[int, int]:
    """Return where a stretch lies on a day, in minutes from its midnight; the next morning counts on past 1440."""
    return minute_of(on, row.starts_at), minute_of(on, row.ends_at)


def minute_of(on: date, at: datetime) -> int:
    """Return a moment as minutes from a day's midnight."""
    return (at - datetime.combine(on, time(0), SHANGHAI)) // timedelta(minutes=1)


def opening(days: list[tuple[date, list[Stretch]]]) -> tuple[int, int]:
    """Return the first and the last open minute of any of the days."""
    spans = [minutes(on, row) for on, rows in days for row in rows if row.state != "closed"]
    if not spans:
        return USUAL_OPENING
    return min(first for first, _last in spans), max(last for _first, last in spans)


def around(rows: list[Stretch], at: datetime) -> Stretch | None:
    """Return the free stretch in which a moment lies."""
    return next((row for row in rows if row.state == "free" and row.starts_at <= at < row.ends_at), None)


def local(on: date, wall: str) -> datetime | None:
    """Read a wall time such as 19:00 on a day in Shanghai; 24:00 is the next midnight."""
    try:
        hour, minute = (int(part) for part in wall.split(":"))
        return datetime.combine(on, time(0), SHANGHAI) + timedelta(hours=hour, minutes=minute)
    except ValueError:
        return None


def by_regime(rows: list[Stretch]) -> list[Group]:
    """Group a day's stretches by regime, in order; closed time is left out."""
    groups: list[Group] = []
    for row in _open(rows):
        if not groups or groups[-1].regime != row.regime:
            groups.append(Group(row.regime, row.price_fen_per_hour or 0, []))
        groups[-1].rows.append(row)
    return groups


def _open(rows: list[Stretch]) -> list[Stretch]:
    return [row for row in rows if row.state != "closed"]


def _lines(on: date, rows: list[Stretch]) -> set[timedelta]:
    """Return where a day's table may be divided, as distances from the day's midnight."""
    midnight = datetime.combine(on, time(0), SHANGHAI)
    ends = {at - midnight for row in rows for at in (row.starts_at, row.ends_at)}
    spans = [(row.starts_at - midnight, row.ends_at - midnight) for row in rows]
    return ends | {mark for mark in MARKS if any(first <= mark < last for first, last in spans)}


def _column(on: date, rows: list[Stretch], lines: list[timedelta]) -> list[Cell | None]:
    """Lay a day's stretches over the lines: free time runs to the next mark, anything else to its own end."""
    midnight = datetime.combine(on, time(0), SHANGHAI)
    column: list[Cell | None] = []
    for number, line in enumerate(lines[:-1]):
        if number < len(column):
            continue
        stretch = next((row for row in rows if row.starts_at <= midnight + line < row.ends_at), None)
        until = number + 1
        while stretch and until < len(lines) - 1 and midnight + lines[until] < stretch.ends_at:
            if stretch.look in DIVIDED and lines[until] in MARKS:
                break
            until += 1
        column += [Cell(midnight + line, stretch, until - number), *[None] * (until - number - 1)]
    return column


def _wall(line: timedelta) -> str:
    minutes = int(line.total_seconds()) // 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _steps(first: datetime, until: datetime) -> list[datetime]:
    steps, at = [], first
    while at < until:
        steps.append(at)
        at += GRAIN
    return steps
