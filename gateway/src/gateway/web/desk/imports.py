# SPDX-License-Identifier: Apache-2.0
"""A paper calendar brought in as a sheet: every row is booked like any other wish; what became of it is kept."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, layout
from gateway.web.client import Problem
from gateway.web.desk import booking_rows, people
from gateway.web.desk.booking_rows import COLUMNS, Row, Unreadable
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route

MOST_BYTES = 200 * 1024
SHOWN = 10  # earlier imports a page


def new() -> str:
    """Show how the sheet must look, and ask for it."""
    return _page({})


def template() -> Response:
    """Give a sheet with the columns' names and one row to write over."""
    _venue, rooms = _rooms()
    tomorrow = (layout.today() + timedelta(days=1)).isoformat()
    example = [rooms[0]["name"], tomorrow, "19:00", "21:00", "028-0000-0000", _("邻里读书会"), "8"]
    return _sheet([], [example], "bookings.csv")


def send() -> Any:
    """Book the rows of a sheet. While one cannot be read none is sent: the sheet can be mended and sent whole."""
    venue, rooms = _rooms()
    sheet = request.files.get("sheet")
    content = sheet.read(MOST_BYTES + 1) if sheet else b""
    if not content or len(content) > MOST_BYTES:
        words = _("文件最大 200 KB，请分几次导入。") if content else _("请选一个 CSV 文件。")
        return _page({"sheet": words}), 422
    names = {name: one["code"] for one in rooms for name in (one["code"], one["name"], *one["names"].values())}
    rows: list[Row] = []
    try:
        rows = booking_rows.read(content, names, _residents)
        if any(row.wrong for row in rows):
            return _unread(rows), 422
        body = {"venue_id": venue["venue_id"], "rows": [row.body for row in rows]}
        told = g.api.send("venue", "/imports", body, key=forms.key())
    except Unreadable as unreadable:
        return _page({"sheet": str(unreadable)}), 422
    except Problem as problem:
        if problem.status not in (400, 413, 422):
            raise
        if booking_rows.blame(problem, rows):
            return _unread(rows), problem.status
        return _page({"sheet": problem.detail or errors.words(problem)["title"]}), problem.status
    return redirect(url_for("desk.imported", import_id=told["import_id"]), code=303)


def imported(import_id: Any) -> str:
    """Show what became of every row, and what to do about those that were refused."""
    told, names, rooms = _kept(import_id)
    return render_template("desk/imported.html", told=told, names=names, rooms=rooms, why=_why)


def refused(import_id: Any) -> Response:
    """Give the refused rows as a sheet that can be mended and sent again, each with its reason."""
    told, names, rooms = _kept(import_id)
    rows = [_written(row, names, rooms) for row in told["rows"] if row["outcome"] == "refused"]
    return _sheet([_("为什么没有订上")], rows, f"refused-{told['imported_at'][:10]}.csv")


def _kept(import_id: Any) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Return an import with the names of its residents and of the rooms."""
    rooms = {one["code"]: one["name"] for one in _rooms()[1]}
    told = g.api.get("venue", f"/imports/{import_id}")
    return told, people.names(g.api, {row["person_id"] for row in told["rows"]}), rooms


def _written(row: dict[str, Any], names: dict[str, str], rooms: dict[str, str]) -> list[Any]:
    """Write a row as it stood in the sheet; an end at midnight is the same day's 24:00."""
    (on, since), (until_on, until) = row["local_start"].split("T"), row["local_end"].split("T")
    until = "24:00" if until == "00:00" and until_on > on else until
    person, purpose = names.get(row["person_id"], ""), row["purpose"] or ""
    people_count = row["party_size"] or ""
    room = rooms.get(row["space_code"], row["space_code"])
    return [room, on, since, until, _plain(person), _plain(purpose), people_count, _why(row)]


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking somebody's words for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _sheet(more: list[str], rows: list[list[Any]], name: str) -> Response:
    """Write a sheet with the columns that an import reads, and more after them."""
    out = io.StringIO()
    csv.writer(out).writerows([[*(str(words) for words, _said, _must in COLUMNS.values()), *more], *rows])
    answer = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


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


def _page(wrong: dict[str, str], rows: list[Row] | None = None) -> str:
    _venue, rooms = _rooms()
    before = g.api.get("venue", "/imports", cursor=request.args.get("cursor"), limit=SHOWN)
    return render_template(
        "desk/import.html",
        columns=[(words, must) for words, _said, must in COLUMNS.values()],
        rooms=rooms,
        errors=wrong,
        rows=rows or [],
        today_iso=layout.today().isoformat(),
        is_past=errors.WORDS["in_the_past"][0],
        most=booking_rows.MOST_ROWS,
        before=before["items"],
        next_cursor=before["next_cursor"],
    )


def _unread(rows: list[Row]) -> str:
    return _page({"sheet": _("有读不懂的行，一行也没有订。改好以后整张再传一次。")}, rows)


def _why(outcome: dict[str, Any]) -> str:
    """Say why a row was refused: in the service's words, else in ours."""
    title = errors.WORDS.get(outcome.get("code", ""), (_("没有订上"), ""))[0]
    return str(outcome.get("reason") or title)


ROUTES = (
    Route("/import", "import_bookings", new),
    Route("/import", "send_bookings", send, POST),
    Route("/import/bookings.csv", "import_template", template),
    Route("/import/<uuid:import_id>", "imported", imported),
    Route("/import/<uuid:import_id>/refused.csv", "import_refused", refused),
)
