# SPDX-License-Identifier: Apache-2.0
"""A sheet of bookings as a person writes it, read row by row into the contract's words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web import labels, reading
from gateway.web.client import Problem

MOST_ROWS = 200
MOST_PEOPLE = 10_000
LATEST = date(2099, 12, 30)  # the contract's wall times end with 2099, and an end at 24:00 is the next day's
# What stands above a column: the page's own word, or one of these; and whether a sheet may not go without it.
COLUMNS = {
    "room": (lazy_gettext("屋子"), ("屋子", "room"), True),
    "on": (lazy_gettext("日期"), ("日期", "date"), True),
    "since": (lazy_gettext("几点开始"), ("几点开始", "from"), True),
    "until": (lazy_gettext("几点结束"), ("几点结束", "until"), True),
    "person": (lazy_gettext("姓名或电话"), ("姓名或电话", "resident"), True),
    "purpose": (lazy_gettext("做什么用"), ("做什么用", "purpose"), False),
    "people": (lazy_gettext("几个人"), ("几个人", "people"), False),
}
DAY = re.compile(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*")
CLOCK = re.compile(r"\s*(\d{1,2})\s*[:：]\s*(\d{2})(?::00)?\s*")
FIELD = re.compile(r"rows\.(\d{1,3})\.")  # of the contract: its rows are counted from 0


class Unreadable(Exception):
    """The sheet as a whole cannot be read; says why to a person."""


@dataclass
class Row:
    """A line of the sheet: what was written, what the contract is told, and what is wrong with it."""

    number: int
    written: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""


def read(content: bytes, rooms: Mapping[str, str], find: Callable[[list[str]], dict[str, list[Any]]]) -> list[Row]:
    """Read a sheet: ``rooms`` maps what a room is called to its code, ``find`` looks people up. Raises Unreadable."""
    rows = [Row(number, written) for number, written in _lines(_text(content))]
    if not rows:
        raise Unreadable(_("表里一行预订也没有。第一行写栏名，从第二行起一行一场。"))
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("一次最多 %(most)s 行，请分几次导入。", most=MOST_ROWS))
    residents = find(sorted({row.written["person"] for row in rows if row.written["person"]}))
    for row in rows:
        row.wrong = _fill(row, rooms, residents)
    return rows


def blame(problem: Problem, rows: list[Row]) -> bool:
    """Write what a service found wrong in a field beside its row, in the sheet's words; tell whether it named any."""
    for wrong in problem.body.get("errors") or []:
        path = FIELD.match(str(wrong.get("field")))
        if path and int(path[1]) < len(rows):
            rows[int(path[1])].wrong = labels.said(wrong["field"], str(wrong.get("code")), str(wrong.get("detail", "")))
    return any(row.wrong for row in rows)


def _text(content: bytes) -> str:
    """Decode what Excel saves: UTF-8 with its mark, or the Chinese code page."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("这不是 CSV 文件。请在 Excel 里“另存为 CSV”再传。"))


def _lines(text: str) -> list[tuple[int, dict[str, str]]]:
    """Return each line that is not empty, with its number as a person counts them in the sheet."""
    first = text.split("\n", 1)[0]
    try:
        cells = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ","))
    except csv.Error as error:
        raise Unreadable(_("这不是 CSV 文件。请在 Excel 里“另存为 CSV”再传。")) from error
    head = [cell.strip().lower() for cell in cells[0]] if cells else []
    places = {
        name: next((head.index(one) for one in (*said, str(words).lower()) if one in head), None)
        for name, (words, said, _must) in COLUMNS.items()
    }
    missing = [str(words) for name, (words, _said, must) in COLUMNS.items() if must and places[name] is None]
    if missing:
        raise Unreadable(_("第一行缺这些栏名：%(names)s。", names=_("、").join(missing)))
    return [
        (number, {name: line[at].strip() if at is not None and at < len(line) else "" for name, at in places.items()})
        for number, line in enumerate(cells[1:], 2)
        if any(cell.strip() for cell in line)
    ]


def _fill(row: Row, rooms: Mapping[str, str], residents: Mapping[str, list[Any]]) -> str:
    """Put a row into the contract's words; return what is wrong with it, or nothing."""
    said = row.written
    on, since, until = _day(said["on"]), _minutes(said["since"]), _minutes(said["until"])
    people = residents.get(said["person"], [])
    if said["room"] not in rooms:
        return _("没有叫“%(name)s”的屋子。", name=said["room"])
    if on is None:
        return _("日期看不懂，请写成 2026-12-01。")
    if since is None or until is None or since >= until:
        return _("时间看不懂，请写成 19:00，结束要在开始以后。")
    if len(people) != 1:
        return _("找到 %(count)s 位，请写完整的电话。", count=len(people)) if people else _("登记册里没有这位居民。")
    if said["people"] and not reading.number(said["people"], MOST_PEOPLE):
        return _("人数请写 1 到 10000 的数字。")
    row.body = {
        "space_code": rooms[said["room"]],
        "local_start": _wall(on, since),
        "local_end": _wall(on, until),
        "person_id": people[0]["person_id"],
    }
    row.body |= {"purpose": said["purpose"][:200]} if said["purpose"] else {}
    row.body |= {"party_size": reading.number(said["people"])} if said["people"] else {}
    return ""


def _day(text: str) -> date | None:
    written = DAY.fullmatch(text)
    found = reading.day("-".join(f"{int(part):02}" for part in written.groups())) if written else None
    return found if found and found <= LATEST else None


def _minutes(text: str) -> int | None:
    found = CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else None
    return minutes if minutes is not None and minutes <= 24 * 60 else None


def _wall(on: date, minutes: int) -> str:
    return f"{on + timedelta(days=minutes // 1440)}T{minutes // 60 % 24:02}:{minutes % 60:02}"
