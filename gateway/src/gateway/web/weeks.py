# SPDX-License-Identifier: Apache-2.0
"""A room's free and busy times as people read them: a week's table, a day's list, starts and ends to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from gateway.web.formats import SHANGHAI, moment

GRAIN = timedelta(minutes=30)
# Where a long free stretch is divided in the table, so that a click already says about when.
MARKS = tuple(time(hour) for hour in (9, 11, 13, 15, 17, 18, 19, 20, 21))


@dataclass(frozen=True)
class Stretch:
    """A stretch of one day in one state."""

    starts_at: datetime
    ends_at: datetime
    state: str
    regime: str | None
    price_fen_per_hour: int | None
    mine: bool

    @property
    def look(self) -> str:
        """Return the word that decides colour and label."""
        if self.mine and self.state != "past":
            return "mine"
        if self.state == "free":
            return "commercial" if self.price_fen_per_hour else "benefit"
        return self.state

    def price_fen(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return what a part of it costs, in fen."""
        minutes = int((ends_at - starts_at).total_seconds()) // 60
        return (self.price_fen_per_hour or 0) * minutes // 60


@dataclass(frozen=True)
class Cell:
    """A part of a stretch between two lines of the table."""

    starts_at: datetime
    stretch: Stretch | None


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
        )
        for row in day["intervals"]
    ]


def table(days: list[dict[str, Any]]) -> list[tuple[str, list[Cell]]]:
    """Arrange a week as rows by time: one row for each moment at which anything changes on any day."""
    by_day = [(date.fromisoformat(day["date"]), _open(stretches(day))) for day in days]
    lines = sorted({line for _, rows in by_day for line in _lines(rows)})
    rows = []
    for line in lines:
        cells = [_cell(on, rows_of_day, line) for on, rows_of_day in by_day]
        if any(cell.stretch for cell in cells):
            rows.append((line.strftime("%H:%M"), cells))
    return rows


def starts(rows: list[Stretch]) -> list[tuple[datetime, Stretch]]:
    """List every possible start of a day, on the half hour."""
    return [(at, row) for row in rows if row.state == "free" for at in _steps(row.starts_at, row.ends_at)]


def ends(row: Stretch, starts_at: datetime) -> list[tuple[datetime, int]]:
    """List every possible end after a start within one stretch, each with its price."""
    first = starts_at + GRAIN
    return [(at, row.price_fen(starts_at, at)) for at in [*_steps(first, row.ends_at), row.ends_at] if at >= first]


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


def _lines(rows: list[Stretch]) -> set[time]:
    lines = {row.starts_at.time() for row in rows}
    for row in rows:
        last = row.ends_at.time() if row.ends_at.date() == row.starts_at.date() else time.max
        lines |= {mark for mark in MARKS if row.starts_at.time() <= mark < last}
    return lines


def _cell(on: date, rows: list[Stretch], line: time) -> Cell:
    at = datetime.combine(on, line, SHANGHAI)
    return Cell(at, next((row for row in rows if row.starts_at <= at < row.ends_at), None))


def _steps(first: datetime, until: datetime) -> list[datetime]:
    steps, at = [], first
    while at < until:
        steps.append(at)
        at += GRAIN
    return steps
