# SPDX-License-Identifier: Apache-2.0
"""Move one's own booking: choose the day, the room and a start like booking; the length stays."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import errors, forms, reading, weeks
from gateway.web.client import Problem
from gateway.web.formats import moment
from gateway.web.layout import today
from gateway.web.my.rooms import venue_and_rooms, week_after
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
    space_id, on = _chosen(booking)
    _venue, spaces = venue_and_rooms()
    since = max(on - timedelta(days=on.weekday()), today())
    asked = {"venue_id": booking["venue_id"], "from": since, "days": DAYS_SHOWN + 1}
    availability = g.api.get("venue", "/availability", **asked)
    space = next((one for one in availability["spaces"] if one["space_id"] == space_id), None)
    if space is None:
        abort(404)
    pairs = zip_longest(space["days"][:DAYS_SHOWN], space["days"][1:])
    days = [(day["date"], _starts(day, night, availability, booking, space_id)) for day, night in pairs]
    return render_template(
        "my/move.html",
        booking=booking,
        paid_fen=_paid_fen(booking),
        length=last - first,
        rooms_tree=tree(spaces, availability["spaces"]),
        space=space,
        days=days,
        on=on.isoformat(),
        earlier=max(since - timedelta(days=DAYS_SHOWN), today()) if since > today() else None,
        later=week_after(since, availability),
        refusal=errors.words(refusal) if refusal else None,
        alternatives=_alternatives(booking, refusal),
    )


def _chosen(booking: dict[str, Any]) -> tuple[str, date]:
    """Return the room and the day on show: as the address says, as a refused form asked, else the booking's own."""
    wanted = request.values.get("date") or request.form.get("starts_at", "")[:10]
    usual = max(moment(booking["starts_at"]).date(), today())
    on = reading.day_or(request.args.get("date"), reading.day(wanted) or usual)
    return request.args.get("space") or request.form.get("space_id") or booking["space_id"], max(on, today())


def _paid_fen(booking: dict[str, Any]) -> int | None:
    """Return what was paid of a booking: it moves to times of this price alone."""
    settlement = booking.get("settlement")
    return booking["price_fen"] if settlement and not settlement["reversed_at"] else None


def _may_move_to(booking: dict[str, Any], price_fen: int) -> bool:
    return bool(booking.get("movable", True)) and _paid_fen(booking) in (None, price_fen)


def _starts(
    day: dict[str, Any],
    night: dict[str, Any] | None,
    availability: dict[str, Any],
    booking: dict[str, Any],
    space_id: str,
) -> list[tuple[Any, int]]:
    """List the starts of a day; a booking may run on into the night that follows it."""
    first, last = moment(booking["starts_at"]), moment(booking["ends_at"])
    told = availability["regimes"], availability.get("bookable_until")
    free, after = (weeks.given_back(weeks.stretches(one, *told), first, last) if one else [] for one in (day, night))
    found = weeks.fitting(free, last - first, after)
    is_here = space_id == booking["space_id"]
    return [(at, price) for at, price in found if _may_move_to(booking, price) and not (is_here and at == first)]


def _alternatives(booking: dict[str, Any], refusal: Problem | None) -> list[dict[str, Any]]:
    free = (refusal.body.get("alternatives") or []) if refusal else []
    return [one for one in free if _may_move_to(booking, one["price_fen"])]


ROUTES = (
    Route("/bookings/<uuid:booking_id>/move", "move", choose),
    Route("/bookings/<uuid:booking_id>/move", "move_booking", move, POST),
)
