# SPDX-License-Identifier: Apache-2.0
"""A room's free and busy times as people read them: a week's table, a day's list, starts and ends to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext

from gateway.web import reading
from gateway.web.formats import SHANGHAI, moment

GRAIN = timedelta(minutes=30)
HALF_HOUR = 30
LONGEST = 24 * 60
# Where a long free stretch is divided in the table, so that a click already says about when.
MARKS = tuple(60 * hour for hour in (9, 11, 13, 15, 17, 18, 19, 20, 21))

AUDIENCES = {"groups": lazy_gettext("社区小组"), "officials": lazy_gettext("工作人员")}

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
        if self.state == "reserved" or (self.state == "busy" and self.kind == "session"):
            return "session"
        if self.state == "busy" and self.kind == "closure":
            return "closed"
        if self.state == "free":
            return "commercial" if self.price_fen_per_hour else "benefit"
        return self.state

    def price_fen(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return what a part of it costs, in fen."""
        minutes = int((ends_at - starts_at).total_seconds()) // 60
        return (self.price_fen_per_hour or 0) * minutes // 60


@dataclass(frozen=True)
class Cell:
    """A part of a stretch, from one mark of the table to the next; it reaches over ``rows`` half hours."""

    starts_at: datetime
    stretch: Stretch | None
    rows: int


@dataclass(frozen=True)
class Line:
    """A half hour of a week's table: the hour written before it, over ``rows`` lines, and a cell for each day.

    None stands for a cell, or an hour, that reaches down from a line above.
    """

    hour: str | None
    rows: int
    cells: list[Cell | None]


@dataclass(frozen=True)
class Group:
    """The stretches of one regime on one day."""

    regime: str | None
    price: int
    rows: list[Stretch]


@dataclass(frozen=True)
class Part:
    """A part of a wished time inside one regime, with its price."""

    stretch: Stretch
    starts_at: datetime
    ends_at: datetime
    price_fen: int


@dataclass(frozen=True)
class End:
    """An end one may choose after a start: what the time up to it costs, regime by regime."""

    at: datetime
    parts: list[Part]

    @property
    def price_fen(self) -> int:
        """Return what the whole time costs, in fen."""
        return sum(part.price_fen for part in self.parts)

    @property
    def is_split(self) -> bool:
        """Tell whether the time lies in several regimes, each with its price."""
        return len(self.parts) > 1


def stretches(day: dict[str, Any], regimes: Iterable[dict[str, Any]] = (), until: str | None = None) -> list[Stretch]:
    """Read a day as it can be booked: in whole half hours, though setting a room up and cleaning it may take less.

    ``until`` is the last day that can be booked yet: what is free after it is ``later``.
    """
    rows: list[Stretch] = []
    is_later = until is not None and day["date"] > until
    for row in exact(day, regimes):
        if is_later and row.state == "free":
            row = replace(row, state="later")
        is_free = row.state == "free"
        first = _half_hour(row.starts_at, up=is_free)
        first = max(first, rows[-1].ends_at) if rows else first
        last = _half_hour(row.ends_at, up=not is_free)
        rows += [replace(row, starts_at=first, ends_at=last)] if first < last else []
    return rows


def exact(day: dict[str, Any], regimes: Iterable[dict[str, Any]] = ()) -> list[Stretch]:
    """Read a day's intervals to the minute; ``regimes`` name the time that nobody can book."""
    names = {one["code"]: _whose(one) for one in regimes}
    return [_stretch(row, names) for row in day["intervals"]]


def _whose(regime: dict[str, Any]) -> str:
    """Name time that one cannot book by oneself: what it is, and whose where it is somebody's."""
    whose = AUDIENCES.get(regime.get("audience", ""))
    return f"{regime['name']} ・ {whose}" if whose else regime["name"]


def _half_hour(at: datetime, up: bool) -> datetime:
    over = timedelta(minutes=at.minute % HALF_HOUR)
    return at + GRAIN - over if up and over else at - over


def _stretch(row: dict[str, Any], names: dict[str, str]) -> Stretch:
    state, price, label = row["state"], row.get("price_fen_per_hour"), row.get("label")
    if state == "reserved":
        label = names.get(row.get("regime") or "")
    times = moment(row["starts_at"]), moment(row["ends_at"])
    return Stretch(*times, state, row.get("regime"), price, bool(row.get("mine")), row.get("kind"), label)


def table(days: list[dict[str, Any]], regimes: Iterable[dict[str, Any]] = (), until: str | None = None) -> list[Line]:
    """Arrange a week as lines of half an hour, so that all are of one height; hours when all is closed are left out."""
    by_day = [(date.fromisoformat(day["date"]), _open(stretches(day, regimes, until))) for day in days]
    lines = sorted({line for on, rows in by_day for row in rows for line in _half_hours(*minutes(on, row))})
    columns = [_column(on, rows, lines) for on, rows in by_day]
    heads = [number for number, line in enumerate(lines) if line % 60 == 0 or line - HALF_HOUR not in lines]
    spans = {head: until - head for head, until in zip(heads, [*heads[1:], len(lines)], strict=True)}
    return [
        Line(_wall(line) if number in spans else None, spans.get(number, 0), [column[number] for column in columns])
        for number, line in enumerate(lines)
    ]


def legend(days: Iterable[list[Stretch]], regimes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the regimes of some days as a key explains them: name, look, and the price where it is one."""
    seen: dict[str, set[int | None]] = {}
    whole = [row for rows in days for row in rows if row.regime and row.state != "closed"]
    bookable = {row.regime for row in whole if row.state in ("free", "later")}
    reserved = {row.regime for row in whole if row.state == "reserved"} - bookable
    for row in whole:
        if row.regime:
            seen.setdefault(row.regime, set()).add(None if row.regime in reserved else row.price_fen_per_hour)
    return [
        {
            "name": one["name"],
            "mark": "i-commercial" if any(seen[one["code"]]) else "i-tea" if None in seen[one["code"]] else "i-benefit",
            "prices": sorted(price for price in seen[one["code"]] if price is not None),
        }
        for one in regimes
        if one["code"] in seen
    ]


def why_full(rows: list[Stretch]) -> str:
    """Say which state keeps a day without free time from being booked: past, later, closed, or busy."""
    states = {row.state for row in rows if row.state != "closed"} or {"closed"}
    return states.pop() if len(states) == 1 else "busy"


def starts(rows: list[Stretch]) -> list[tuple[datetime, Stretch]]:
    """List every possible start of a day, on the half hour."""
    return [(at, row) for row in rows if row.state == "free" for at in _steps(row.starts_at, row.ends_at)]


def wall(at: datetime, on: str) -> str:
    """Write a moment as ``local`` reads it from that day: 19:00, 24:00, 25:30."""
    hours, minutes = divmod(minute_of(date.fromisoformat(on), at), 60)
    return f"{hours:02d}:{minutes:02d}"


def ends(rows: list[Stretch], starts_at: datetime, longest: int | None = None) -> list[End]:
    """List every possible end after a start, as long as the room stays free, across regimes and midnight too.

    ``longest`` is the most minutes that may be booked at once.
    """
    last = starts_at + timedelta(minutes=longest or LONGEST)
    return [one for one in _all_ends(rows, starts_at) if one.at <= last]


def _all_ends(rows: list[Stretch], starts_at: datetime) -> list[End]:
    found: list[End] = []
    before: list[Part] = []
    for row in _run(rows, starts_at):
        begins = max(row.starts_at, starts_at)
        for at in [*_steps(begins + GRAIN, row.ends_at), row.ends_at]:
            found.append(End(at, _joined([*before, Part(row, begins, at, row.price_fen(begins, at))])))
        before.append(Part(row, begins, row.ends_at, row.price_fen(begins, row.ends_at)))
    return found


def fitting(rows: list[Stretch], length: timedelta, night: Sequence[Stretch] = ()) -> list[tuple[datetime, int]]:
    """List every start at which a length fits into free time of one regime, with its price; ``night`` follows."""
    fits = []
    for at, _row in starts(rows):
        end = next((one for one in ends([*rows, *night], at) if one.at == at + length and not one.is_split), None)
        if end:
            fits.append((at, end.price_fen))
    return fits


def given_back(rows: list[Stretch], first: datetime, last: datetime) -> list[Stretch]:
    """Show the time of one's own booking as free, as it is for the booking itself when it moves."""
    return [
        replace(row, state="free", mine=False) if row.mine and row.starts_at < last and first < row.ends_at else row
        for row in rows
    ]


def _run(rows: list[Stretch], starts_at: datetime) -> list[Stretch]:
    """Return the free stretches that follow one another without a gap from a start."""
    run: list[Stretch] = []
    for row in rows:
        if row.state == "free" and (
            row.starts_at <= starts_at < row.ends_at or (run and run[-1].ends_at == row.starts_at)
        ):
            run.append(row)
        elif run:
            break
    return run


def _joined(parts: list[Part]) -> list[Part]:
    """Join what lies in one regime at one price although two stretches carry it."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        same = last and (last.stretch.regime, last.stretch.price_fen_per_hour)
        if last and same == (part.stretch.regime, part.stretch.price_fen_per_hour):
            joined[-1] = Part(last.stretch, last.starts_at, part.ends_at, last.price_fen + part.price_fen)
        else:
            joined.append(part)
    return joined


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


def local(on: date, text: str, most: int = 24) -> datetime | None:
    """Read a wall time such as 19:00 on a day in Shanghai; 24:00 is the next midnight, 25:30 the hour and a half on."""
    passed = reading.since_midnight(text, most)
    return datetime.combine(on, time(0), SHANGHAI) + passed if passed is not None else None


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


def _half_hours(first: int, last: int) -> range:
    return range(first // HALF_HOUR * HALF_HOUR, last, HALF_HOUR)


def _column(on: date, rows: list[Stretch], lines: list[int]) -> list[Cell | None]:
    """Lay a day's stretches over the lines: free time runs to the next mark, anything else to its own end."""
    midnight = datetime.combine(on, time(0), SHANGHAI)
    lying = [_lying(on, rows, line) for line in lines]
    column: list[Cell | None] = []
    for number, stretch in enumerate(lying):
        if number < len(column):
            continue
        until = number + 1
        while until < len(lines) and lying[until] is stretch and not _divides(stretch, lines[until]):
            until += 1
        starts_at = midnight + timedelta(minutes=lines[number])
        column += [Cell(starts_at, stretch, until - number), *[None] * (until - number - 1)]
    return column


def _lying(on: date, rows: list[Stretch], line: int) -> Stretch | None:
    """Return what lies in a half hour; where it is free in part only, what takes the rest."""
    inside = [row for row in rows if line in _half_hours(*minutes(on, row))]
    return next((row for row in inside if row.state != "free"), inside[0] if inside else None)


def _divides(stretch: Stretch | None, line: int) -> bool:
    return stretch is not None and stretch.look in DIVIDED and line in MARKS


def _wall(line: int) -> str:
    return f"{line // 60 % 24:02d}:{line % 60:02d}"


def _steps(first: datetime, until: datetime) -> list[datetime]:
    steps, at = [], first
    while at < until:
        steps.append(at)
        at += GRAIN
    return steps
