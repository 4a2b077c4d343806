# SPDX-License-Identifier: Apache-2.0
"""The staff's board of the week: every room a lane. Complete as a page; moved by hand where scripts are on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for

from gateway.web import assets, errors, forms, layout, reading, weeks
from gateway.web.board import week_start
from gateway.web.client import Problem
from gateway.web.desk.lanes import GRAIN, Board, board, without_houses
from gateway.web.formats import moment
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route

LONGEST_MINUTES = 12 * 60


def show() -> Any:
    """Show a day or a week; a booking that was chosen has a form to move it above the lanes."""
    on, count = reading.day_or(request.args.get("date"), layout.today()), 7 if request.args.get("days") == "7" else 1
    chosen = request.args.get("move", "")
    booking = g.api.get("venue", f"/bookings/{chosen}") if chosen else None
    return _page(on, count, booking)


def move(booking_id: Any) -> Any:
    """Move a booking; a refusal stands above the board with the booking where it was."""
    count = 7 if forms.text("days", 1) == "7" else 1
    body = _wanted()
    try:
        if body is None:
            raise Problem(400, "no_such_time", {}, "web")
        moved = g.api.send("venue", f"/bookings/{booking_id}/move", body, key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        booking = g.api.get("venue", f"/bookings/{booking_id}")
        answer = _page(moment(booking["starts_at"]).date(), count, booking, problem)
        answer.status_code = problem.status
        return answer
    day = moment(moved["starts_at"]).date()
    return redirect(url_for("desk.board", date=day, days=count, moved=moved["booking_id"]), code=303)


def _wanted() -> dict[str, Any] | None:
    on = reading.day(forms.text("date", 10))
    starts_at = weeks.local(on, forms.text("start", 5)) if on else None
    minutes = reading.number(forms.text("minutes", 4), LONGEST_MINUTES)
    if starts_at is None or minutes is None or minutes < GRAIN:
        return None
    ends_at = starts_at + timedelta(minutes=minutes)
    body = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    return {"space_id": forms.text("space_id", 36), **body}


def _page(on: date, count: int, booking: dict[str, Any] | None, refusal: Problem | None = None) -> Response:
    first = week_start(on.isoformat()) if count == 7 else on
    venue, _spaces = venue_and_rooms()
    days = [(first + timedelta(days=number)).isoformat() for number in range(count)]
    lanes, bookings = _read(venue["venue_id"], days)
    text = render_template(
        "desk/board.html",
        venue=venue,
        board=without_houses(lanes, {one.get("parent_id") for one in venue["spaces"]}) if count == 7 else lanes,
        on=first,
        week=[week_start(on.isoformat()) + timedelta(days=number) for number in range(7)],
        count=count,
        earlier=first - timedelta(days=count),
        later=first + timedelta(days=count),
        moving=_form_facts(booking, lanes) if booking else None,
        moved=next((row for row in bookings if row["booking_id"] == request.args.get("moved")), None),
        waiting=sum(row["state"] == "requested" for row in bookings),
        refusal=errors.words(refusal) if refusal else None,
        alternatives=_elsewhere(refusal, booking),
        can_move=g.visitor.office in layout.COUNTER_OFFICES,
        script=assets.SCRIPT_ADDRESS,
    )
    answer = make_response(text)
    answer.headers["Content-Security-Policy"] = assets.SCRIPT_POLICY
    return answer


def _elsewhere(refusal: Problem | None, booking: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return what is free instead, without the place the booking has already."""
    free = (refusal.body.get("alternatives") or []) if refusal else []
    here = (booking["space_id"], moment(booking["starts_at"])) if booking else None
    return [one for one in free if (one["space_id"], moment(one["starts_at"])) != here]


def _read(venue_id: str, days: list[str]) -> tuple[Board, list[dict[str, Any]]]:
    api = g.api
    questions: dict[str, Any] = {day: _bookings_on(api, day) for day in days}
    questions["venue"] = lambda: api.get(
        "venue", "/availability", venue_id=venue_id, days=len(days) + 1, **{"from": days[0]}
    )
    answers = api.together(**questions)
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    rows = [row for day in days for row in answers[day] if row["venue_id"] == venue_id]
    return board(answers["venue"], rows, len(days)), rows


def _bookings_on(api: Any, day: str) -> Any:
    return lambda: api.pages("venue", "/bookings", date=day, limit=200)


def _form_facts(booking: dict[str, Any], lanes: Board) -> dict[str, Any]:
    on = moment(booking["starts_at"]).date()
    first = weeks.minute_of(on, moment(booking["starts_at"]))
    length = weeks.minute_of(on, moment(booking["ends_at"])) - first
    return {
        "booking": booking,
        "on": on.isoformat(),
        "first": first,
        "length": length,
        "starts": sorted({*lanes.starts, first}),
        "lengths": sorted({*range(GRAIN, 8 * 60 + 1, GRAIN), length}),
    }


ROUTES = (
    Route("/board", "board", show),
    Route("/bookings/<uuid:booking_id>/move", "move_booking", move, POST),
)
