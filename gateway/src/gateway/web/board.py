# SPDX-License-Identifier: Apache-2.0
"""The public board: what anyone may read without signing in. Every read here is a public operation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from flask_babel import gettext as _

from gateway.web import reading, weeks
from gateway.web.client import Api, Problem
from gateway.web.counts import of_division, totals
from gateway.web.formats import month_words, tile_name
from gateway.web.layout import place_of, today
from gateway.web.spaces import tree

pages = Blueprint("board", __name__)
MONTHS_SHOWN = 13


@pages.get("/")
def district() -> str:
    """Show the district: communities by street, counts of needs, a search by name."""
    code, api = g.settings.district, g.api
    answers = g.api.together(
        place=lambda: api.public("identity", f"/divisions/{code}"),
        divisions=lambda: all_divisions(api, code),
        counts=lambda: api.public("engagement", f"/divisions/{code}/need-counts", depth=2),
        categories=lambda: api.public("engagement", "/need-categories"),
    )
    if isinstance(answers["divisions"], Problem):
        raise answers["divisions"]
    wanted = request.args.get("q", "").strip()[:30]
    return render_template(
        "board/district.html",
        streets=streets(answers["divisions"], wanted),
        counts=need_counts(answers, code),
        totals=totals(or_none(answers["counts"])),
        wanted=wanted,
        district=or_none(answers["place"]),
    )


@pages.get("/board/<code>")
def community(code: str) -> str:
    """Show a community's board: today, the fund, the rooms, the counts, whom to call."""
    place, api = community_place(code), g.api
    answers = g.api.together(
        fund=lambda: api.public("disclosure", f"/divisions/{code}/fund", limit=100),
        venues=lambda: api.public("venue", f"/divisions/{code}/venues"),
        counts=lambda: api.public("engagement", f"/divisions/{code}/need-counts", depth=0),
        categories=lambda: api.public("engagement", "/need-categories"),
    )
    statements = latest_versions(or_none(answers["fund"]))
    venues = (or_none(answers["venues"]) or {}).get("items", [])
    return render_template(
        "board/community.html",
        community=place,
        statements=statements,
        months=[row["closing_fen"] for row in reversed(statements[:MONTHS_SHOWN])],
        overdue=overdue_month(statements),
        venues=venues,
        rooms_today=_rooms_today(code, venues),
        counts=need_counts(answers, code),
        unreachable=any(isinstance(answer, Problem) for answer in answers.values()),
    )


@pages.get("/board/<code>/fund")
def fund(code: str) -> str:
    """Show every published month of the fund."""
    place = community_place(code)
    statements = latest_versions(g.api.public("disclosure", f"/divisions/{code}/fund", limit=100))
    return render_template("board/fund.html", community=place, statements=statements)


@pages.get("/board/<code>/fund/<month>")
def statement(code: str, month: str) -> str:
    """Show a month's statement down to the single line, in the version asked for."""
    place, api = community_place(code), g.api
    version = request.args.get("version", type=int)
    path = f"/divisions/{code}/fund"
    answers = g.api.together(
        statement=lambda: api.public("disclosure", f"{path}/{month}", version=version),
        lines=lambda: _all_lines(api, f"{path}/{month}/lines", version),
        before=lambda: api.public("disclosure", f"{path}/{month_before(month)}"),
    )
    for name in ("statement", "lines"):
        if isinstance(answers[name], Problem):
            raise _unpublished(answers[name])
    before = or_none(answers["before"])
    return render_template(
        "board/statement.html",
        community=place,
        statement=answers["statement"],
        before=before,
        accounts=compared_accounts(answers["statement"], before),
        lines=answers["lines"],
    )


@pages.get("/board/<code>/venues/<uuid:space_id>")
def room(code: str, space_id: Any) -> str:
    """Show a room's week: free and taken, never by whom."""
    place, api = community_place(code), g.api
    start = week_start(request.args.get("from") or request.args.get("date"))
    answers = g.api.together(
        week=lambda: api.public("venue", f"/divisions/{code}/spaces/{space_id}/week", **{"from": start}),
        venues=lambda: api.public("venue", f"/divisions/{code}/venues"),
    )
    if isinstance(answers["week"], Problem):
        raise answers["week"]
    week = answers["week"]
    venues = (or_none(answers["venues"]) or {}).get("items", [])
    venue = next((one for one in venues if one["venue_id"] == week["venue_id"]), None)
    days = [(day["date"], weeks.stretches(day, week["regimes"])) for day in week["days"]]
    on = chosen_day((date for date, _rows in days), start).isoformat()
    return render_template(
        "board/room.html",
        on=on,
        community=place,
        week=week,
        venue=venue,
        rows=weeks.table(week["days"], week["regimes"]),
        days=days,
        rooms_tree=tree(venue["spaces"]) if venue else [],
        legend=weeks.legend((rows for _date, rows in days), week["regimes"]),
        start=start,
        earlier=start - timedelta(days=7),
        later=start + timedelta(days=7),
    )


def _unpublished(problem: Problem) -> Problem:
    """Say of a month without a statement that it is not published, not that the page does not exist."""
    return Problem(404, "not_published", {}, problem.service) if problem.status == 404 else problem


def community_place(code: str) -> dict[str, Any]:
    """Return the community a board is of; what is no community's code is not found."""
    if not (code.isdecimal() and len(code) == 12):
        abort(404)
    return place_of(code)


def all_divisions(api: Api, code: str) -> list[dict[str, Any]]:
    """Read every division inside a district."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = api.public("identity", "/divisions", within=code, limit=200, cursor=cursor)
        items += answer["items"]
        cursor = answer.get("next_cursor")
        if not cursor:
            return items


def streets(divisions: list[dict[str, Any]], wanted: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Group the communities by street, keeping only names that contain what was searched."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in divisions:
        if row["level"] == "community" and wanted in row["name"] + (row["street_name"] or ""):
            grouped.setdefault(row["street_name"] or "", []).append({**row, "tile": tile_name(row["name"])})
    return list(grouped.items())


def or_none(answer: Any) -> Any:
    """Take a part of a page that may be missing: the page says so and stands without it."""
    return None if isinstance(answer, Problem) else answer


def need_counts(answers: dict[str, Any], code: str) -> dict[str, Any] | None:
    """Arrange the counts among a page's answers; None when there are none or they cannot be read."""
    return of_division(or_none(answers["counts"]), or_none(answers["categories"]), code, g.language)


def latest_versions(answer: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Keep each month's latest statement, newest month first."""
    return [row for row in (answer or {}).get("items", []) if row.get("is_latest", True)]


def month_before(month: str) -> str:
    """Return the month before 2026-11: 2026-10."""
    first = reading.day(f"{month}-01")
    if first is None:
        abort(404)
    return f"{first - timedelta(days=1):%Y-%m}"


def overdue_month(statements: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Tell whether last month is over and still not published, and for how many days."""
    last = today().replace(day=1) - timedelta(days=1)
    month = f"{last:%Y-%m}"
    published = {row["month"] for row in statements if not row.get("title_to_date")}
    if not statements or month in published:
        return None
    return {"month": month, "words": month_words(month), "days": (today() - last).days}


def compared_accounts(statement: dict[str, Any], before: dict[str, Any] | None) -> dict[str, list[dict[str, Any]]]:
    """Arrange income and expense accounts with what they were the month before."""
    earlier = {row["code"]: _movement(row) for row in (before or {}).get("accounts", [])}
    arranged: dict[str, list[dict[str, Any]]] = {"income": [], "expense": []}
    for row in statement["accounts"]:
        if row["kind"] in arranged:
            name = row["name_zh"] if g.language == "zh" else row["name_en"]
            arranged[row["kind"]].append(
                {"name": name, "fen": _movement(row), "before_fen": earlier.get(row["code"]) if before else None}
            )
    return arranged


def _movement(account: dict[str, Any]) -> int:
    change = account["credit_fen"] - account["debit_fen"]
    return change if account["kind"] == "income" else -change


def week_start(text: str | None) -> date:
    """Return the Monday of the week asked for, today's week without one."""
    on = reading.day(text) or today()
    return on - timedelta(days=on.weekday())


def chosen_day(days: Iterable[str], start: date) -> date:
    """Return the day a phone shows: the one asked for, else today within the week, else the week's first."""
    inside = set(days)
    for wanted in (request.args.get("date"), today().isoformat()):
        if wanted in inside:
            return date.fromisoformat(wanted)
    return start


def _all_lines(api: Api, path: str, version: int | None) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = None
    while len(items) < 2000:
        answer = api.public("disclosure", path, version=version, limit=200, cursor=cursor)
        items += answer["items"]
        cursor = answer.get("next_cursor")
        if not cursor:
            break
    return items


def _rooms_today(code: str, venues: list[dict[str, Any]]) -> list[dict[str, Any]]:
    spaces = [(venue, space) for venue in venues for space in venue["spaces"]]
    on = today()
    questions = {space["space_id"]: _ask_week(code, space["space_id"], on) for _venue, space in spaces[:6]}
    answers = g.api.together(**questions)
    rooms = []
    for venue, space in spaces:
        week = or_none(answers.get(space["space_id"]))
        day = next((one for one in (week or {}).get("days", []) if one["date"] == on.isoformat()), None)
        rows = weeks.stretches(day, week["regimes"]) if week and day else None
        rooms.append({"venue": venue, "space": space, "free": _free_words(rows)})
    return rooms


def _ask_week(code: str, space_id: str, on: date) -> Any:
    api = g.api
    return lambda: api.public("venue", f"/divisions/{code}/spaces/{space_id}/week", **{"from": on.isoformat()})


def _free_words(rows: list[weeks.Stretch] | None) -> str | None:
    if rows is None:
        return None
    free = [row for row in rows if row.state == "free"]
    if not free:
        return _("今天没有空了")
    return _(
        "今天还空：%(times)s", times=_("、").join(f"{row.starts_at:%H:%M}—{row.ends_at:%H:%M}" for row in free[:3])
    )
