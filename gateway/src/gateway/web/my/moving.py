# SPDX-License-Identifier: Apache-2.0
"""Move one's own booking: choose the day, the room and a start like booking; the length stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import errors, forms, reading, weeks
from gateway.web.client import Problem
from gateway.web.formats import moment
from gateway.web.layout import today
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route
from gateway.web.spaces import tree

DAYS_SHOWN = 7


def choose(booking_id: Any) -> str:
    """Show the starts at which the booking would fit, on a day and in a room."""
    return _page(g.api.get("venue", f"/bookings/{booking_id}"))


def move(booking_id: Any) -> Any:
    """Move; what is refused leaves the booking as it was and says so."""
    body = {name: forms.text(name, 40) for name in ("space_id", "starts_at", "ends_at")}
    try:
        g.api.send("venue", f"/bookings/{booking_id}/move", body, key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        return _page(g.api.get("venue", f"/bookings/{booking_id}"), problem), problem.status
    return redirect(url_for("my.booking", booking_id=booking_id, moved=1), code=303)


def _page(booking: dict[str, Any], refusal: Problem | None = None) -> str:
    if booking["state"] not in ("requested", "held", "confirmed"):
        abort(404)
    first, last = moment(booking["starts_at"]), moment(booking["ends_at"])
    on = reading.day_or(request.args.get("date"), max(first.date(), today()))
    _venue, spaces = venue_and_rooms()
    since = max(on - timedelta(days=on.weekday()), today())
    asked = {"venue_id": booking["venue_id"], "from": since, "days": DAYS_SHOWN}
    availability = g.api.get("venue", "/availability", **asked)
    wanted = request.args.get("space") or booking["space_id"]
    space = next((one for one in availability["spaces"] if one["space_id"] == wanted), None)
    if space is None:
        abort(404)
    days = [(day["date"], _starts(day, availability, booking)) for day in space["days"]]
    return render_template(
        "my/move.html",
        booking=booking,
        length=last - first,
        rooms_tree=tree(spaces, availability["spaces"]),
        space=space,
        days=days,
        on=on.isoformat(),
        earlier=max(since - timedelta(days=DAYS_SHOWN), today()) if since > today() else None,
        later=since + timedelta(days=DAYS_SHOWN),
        refusal=errors.words(refusal) if refusal else None,
        alternatives=(refusal.body.get("alternatives") or []) if refusal else [],
    )


def _starts(day: dict[str, Any], availability: dict[str, Any], booking: dict[str, Any]) -> list[tuple[Any, int]]:
    first, last = moment(booking["starts_at"]), moment(booking["ends_at"])
    rows = weeks.given_back(weeks.stretches(day, availability["regimes"]), first, last)
    return [(at, price) for at, price in weeks.fitting(rows, last - first) if at != first or _elsewhere(booking)]


def _elsewhere(booking: dict[str, Any]) -> bool:
    return request.args.get("space") not in (None, "", booking["space_id"])


ROUTES = (
    Route("/bookings/<uuid:booking_id>/move", "move", choose),
    Route("/bookings/<uuid:booking_id>/move", "move_booking", move, POST),
)
