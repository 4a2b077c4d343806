# SPDX-License-Identifier: Apache-2.0
"""What is due today, for the office one acts in; and the one search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import g, render_template, request

from gateway.web import layout, weeks
from gateway.web.board import or_none
from gateway.web.desk.lanes import TAKES_ROOM, strip
from gateway.web.routes import Route

LOOK_BACK = timedelta(days=14)  # how long staff are reminded of a sitting that nobody recorded
OPEN_STATES = ("received", "reopened", "assigned")


def today() -> str:
    """Show what waits: needs by their promised day, statements to decide, the day's rooms."""
    api, office, on = g.api, g.visitor.office, layout.today()
    answers = api.together(**_questions(api, office, on, g.visitor.community))
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
        unrecorded=items(answers.get("unrecorded")),
        unplaced=items(answers.get("unplaced")),
        topics=items(answers.get("topics")),
        strip=strip(or_none(answers.get("week")), bookings),
        now=weeks.minute_of(on, g.clock.now()),
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


def _questions(api: Any, office: str | None, on: date, community: str | None) -> dict[str, Callable[[], Any]]:
    asked: dict[str, Callable[[], Any]] = {}
    if office in layout.COUNTER_OFFICES:
        for state in OPEN_STATES:
            asked[state] = _needs_in(api, state)
        asked["topics"] = lambda: api.get("venue", "/topics", state="proposed", limit=50)
        since = (on - LOOK_BACK).isoformat()
        asked["unrecorded"] = lambda: api.get("venue", "/sessions", unrecorded="true", limit=20, **{"from": since})
        asked["unplaced"] = lambda: api.get(
            "venue", "/sessions", state="unplaced", limit=20, **{"from": on.isoformat()}
        )
    if office in (*layout.COUNTER_OFFICES, "venue_operator"):
        asked["bookings"] = lambda: api.get("venue", "/bookings", date=on.isoformat(), limit=200)
        asked["week"] = of_week(api, community, on)
    if office in layout.MONEY_OFFICES:
        asked["statements"] = lambda: api.get("disclosure", "/statements", state="submitted")
    return asked


def of_week(api: Any, community: str | None, on: date) -> Callable[[], Any]:
    """Ask for the week in which a day lies: its rooms, and when they are open; nothing where there is no venue."""
    venue = next(iter(layout.venues_of(community) or []), None)
    if venue is None:
        return lambda: None
    monday = (on - timedelta(days=on.weekday())).isoformat()
    return lambda: api.get("venue", "/availability", venue_id=venue["venue_id"], days=7, **{"from": monday})


def _needs_in(api: Any, state: str) -> Callable[[], Any]:
    return lambda: api.get("engagement", "/needs", state=state, limit=200)


def items(answer: Any) -> list[dict[str, Any]]:
    """Return a page's items; none when the part could not be read."""
    return (or_none(answer) or {}).get("items", [])


ROUTES = (
    Route("", "today", today),
    Route("/search", "search", search),
)
