# SPDX-License-Identifier: Apache-2.0
"""A paper calendar brought in as a sheet: every row is booked like any other wish, and says what became of it."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, abort, g, render_template, request
from flask_babel import gettext as _

from gateway.web import errors, forms, layout
from gateway.web.client import Problem
from gateway.web.desk import booking_rows
from gateway.web.desk.booking_rows import COLUMNS, Row, Unreadable
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route

MOST_BYTES = 200 * 1024


def new() -> str:
    """Show how the sheet must look, and ask for it."""
    return _page({})


def template() -> Response:
    """Give a sheet with the columns' names and one row to write over."""
    _venue, rooms = _rooms()
    out = io.StringIO()
    tomorrow = layout.today().isoformat()
    example = [rooms[0]["name"], tomorrow, "19:00", "21:00", "028-0000-0000", _("邻里读书会"), "8"]
    csv.writer(out).writerows([[str(words) for words, _said, _must in COLUMNS.values()], example])
    answer = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="bookings.csv"'
    return answer


def send() -> Any:
    """Book the rows of a sheet. While one cannot be read none is sent: the sheet can be mended and sent whole."""
    venue, rooms = _rooms()
    sheet = request.files.get("sheet")
    content = sheet.read(MOST_BYTES + 1) if sheet else b""
    if not content or len(content) > MOST_BYTES:
        words = _("文件最大 200 KB，请分几次导入。") if content else _("请选一个 CSV 文件。")
        return _page({"sheet": words}), 422
    names = {name: one["code"] for one in rooms for name in (one["code"], one["name"], *one["names"].values())}
    try:
        rows = booking_rows.read(content, names, _residents)
        if any(row.wrong for row in rows):
            return _page({"sheet": _("有读不懂的行，一行也没有订。改好以后整张再传一次。")}, rows), 422
        body = {"venue_id": venue["venue_id"], "rows": [row.body for row in rows]}
        told = g.api.send("venue", "/imports", body, key=forms.key())
    except Unreadable as unreadable:
        return _page({"sheet": str(unreadable)}), 422
    except Problem as problem:
        if problem.status not in (400, 413, 422):
            raise
        return _page({"sheet": problem.detail or errors.words(problem)["title"]}), problem.status
    return _page({}, rows, told)


def _residents(wanted: list[str]) -> dict[str, list[Any]]:
    """Find who is meant by each name or telephone number."""
    api = g.api
    found = api.together(**{text: _who(api, text) for text in wanted})
    for answer in found.values():
        if isinstance(answer, Problem):
            raise answer
    return {text: _exactly(text, answer["items"]) for text, answer in found.items()}


def _who(api: Any, text: str) -> Any:
    return lambda: api.get("identity", "/persons", q=text, limit=10)


def _exactly(text: str, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Prefer whose whole name was written to those who are called so in part."""
    return [one for one in people if one["name"] == text] or people


def _rooms() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if g.visitor.office not in layout.COUNTER_OFFICES:
        abort(403)
    return venue_and_rooms()


def _page(wrong: dict[str, str], rows: list[Row] | None = None, told: dict[str, Any] | None = None) -> str:
    _venue, rooms = _rooms()
    outcomes = {one["row"]: one for one in told["rows"]} if told else {}
    return render_template(
        "desk/import.html",
        columns=[(words, must) for words, _said, must in COLUMNS.values()],
        rooms=rooms,
        errors=wrong,
        rows=[(row, outcomes.get(number)) for number, row in enumerate(rows or [], 1)],
        told=told,
        most=booking_rows.MOST_ROWS,
        why=_why,
    )


def _why(outcome: dict[str, Any]) -> str:
    """Say why a row was refused: in the service's words, else in ours."""
    title = errors.WORDS.get(outcome.get("code", ""), (_("没有订上"), ""))[0]
    return outcome.get("reason") or str(title)


ROUTES = (
    Route("/import", "import_bookings", new),
    Route("/import", "send_bookings", send, POST),
    Route("/import/bookings.csv", "import_template", template),
)
