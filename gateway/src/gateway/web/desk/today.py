# SPDX-License-Identifier: Apache-2.0
"""What is due today, for the office one acts in; and the one search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from flask import g, render_template, request

from gateway.web import layout
from gateway.web.board import or_none
from gateway.web.desk.lanes import TAKES_ROOM
from gateway.web.formats import SHANGHAI, moment
from gateway.web.routes import Route

OPEN_STATES = ("received", "reopened", "assigned")
FIRST_HOUR, LAST_HOUR = 9, 22


def today() -> str:
    """Show what waits: needs by their promised day, statements to decide, the day's rooms."""
    api, office, on = g.api, g.visitor.office, layout.today()
    answers = api.together(**_questions(api, office, on.isoformat(), g.visitor.community))
    waiting = [row for state in OPEN_STATES for row in items(answers.get(state))]
    waiting.sort(key=lambda row: (row["due_on"] is None, row["due_on"] or "", row["raised_at"]))
    bookings = [row for row in items(answers.get("bookings")) if row["state"] in TAKES_ROOM]
    return render_template(
        "desk/today.html",
        office=office,
        waiting=waiting[:30],
        due=[row for row in waiting if row["due_on"] and row["due_on"] <= on.isoformat()],
        unassigned=[row for row in waiting if row["state"] != "assigned"],
        to_decide=[row for row in items(answers.get("statements")) if not row["prepared_by_me"]],
        bookings=bookings,
        lanes=lanes(items(answers.get("venues")), bookings),
        now=_percent(g.clock.now().astimezone(SHANGHAI)),
        can_needs=office in layout.COUNTER_OFFICES,
        can_rooms=office in (*layout.COUNTER_OFFICES, "venue_operator") and layout.has_rooms(),
    )


def search() -> str:
    """Find residents and needs by one box."""
    wanted, api = request.args.get("q", "").strip()[:30], g.api
    answers = {}
    if wanted:
        answers = api.together(
            persons=lambda: api.get("identity", "/persons", q=wanted, limit=20),
            needs=lambda: api.get("engagement", "/needs", q=wanted, limit=20),
        )
    found = {name: items(answer) for name, answer in answers.items()}
    return render_template(
        "desk/search.html", wanted=wanted, persons=found.get("persons", []), needs=found.get("needs", [])
    )


def _questions(api: Any, office: str | None, on: str, community: str | None) -> dict[str, Callable[[], Any]]:
    asked: dict[str, Callable[[], Any]] = {}
    if office in layout.COUNTER_OFFICES:
        for state in OPEN_STATES:
            asked[state] = _needs_in(api, state)
    if office in (*layout.COUNTER_OFFICES, "venue_operator"):
        asked["bookings"] = lambda: api.get("venue", "/bookings", date=on, limit=200)
        asked["venues"] = lambda: api.public("venue", f"/divisions/{community}/venues")
    if office in layout.MONEY_OFFICES:
        asked["statements"] = lambda: api.get("disclosure", "/statements", state="submitted")
    return asked


def _needs_in(api: Any, state: str) -> Callable[[], Any]:
    return lambda: api.get("engagement", "/needs", state=state, limit=200)


def items(answer: Any) -> list[dict[str, Any]]:
    """Return a page's items; none when the part could not be read."""
    return (or_none(answer) or {}).get("items", [])


def lanes(venues: list[dict[str, Any]], bookings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Arrange a day's bookings as one lane a room, in percent of the opening day."""
    rooms = [space for venue in venues for space in venue["spaces"]]
    return [
        {
            "name": room["name"],
            "bars": [_bar(row) for row in bookings if row["space_id"] == room["space_id"]],
        }
        for room in rooms
    ]


def _bar(row: dict[str, Any]) -> dict[str, Any]:
    left, right = _percent(moment(row["starts_at"])), _percent(moment(row["ends_at"]))
    return {"left": left, "width": max(right - left, 0.5), "is_paid": row["price_fen"] > 0, "booking": row}


def _percent(at: datetime) -> float:
    opening = datetime.combine(at.date(), time(FIRST_HOUR), SHANGHAI)
    share = (at - opening) / timedelta(hours=LAST_HOUR - FIRST_HOUR)
    return round(min(max(share, 0.0), 1.0) * 100, 2)


ROUTES = (
    Route("", "today", today),
    Route("/search", "search", search),
)
