# SPDX-License-Identifier: Apache-2.0
"""Booking at the counter on a resident's behalf: the bar on top says for whom, the reason goes into the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import forms, reading
from gateway.web.board import week_start
from gateway.web.client import Problem
from gateway.web.desk import people, venue_forms
from gateway.web.my import returns
from gateway.web.my.booking import refused, wish
from gateway.web.my.rooms import (
    chosen_day,
    chosen_space,
    community_rooms,
    times_of_day,
    venue_and_rooms,
    week_after,
    week_of_room,
)
from gateway.web.routes import POST, Route
from gateway.web.spaces import tree

FRAME = "desk/layout.html"


def find() -> str:
    """Find the resident one books for."""
    wanted = request.args.get("q", "").strip()[:30]
    persons = g.api.get("identity", "/persons", q=wanted, limit=30)["items"] if wanted else []
    return render_template("desk/find.html", wanted=wanted, persons=persons)


def week() -> str:
    """Show the week of a room for the resident."""
    behalf = _resident()
    venue, spaces = venue_and_rooms()
    start = week_start(request.args.get("from"))
    availability = g.api.get("venue", "/availability", venue_id=venue["venue_id"], **{"from": start, "days": 7})
    space = chosen_space(availability, request.args.get("space"))
    return render_template(
        "desk/week.html",
        **week_of_room(availability, space),
        behalf=behalf,
        venue=venue,
        rooms_tree=tree(spaces, availability["spaces"]),
        on=chosen_day(space, start).isoformat(),
        start=start,
        earlier=start - timedelta(days=7),
        later=week_after(start, availability),
        base=url_for("desk.counter_times", space_id=space["space_id"], person=behalf["person_id"]),
    )


def times(space_id: Any) -> str:
    """Choose start and end for the resident."""
    behalf = _resident()
    venue, _spaces = venue_and_rooms()
    on = reading.day(request.args.get("date"))
    if on is None:
        abort(404)
    return render_template(
        "my/times.html",
        **times_of_day(g.api, venue, str(space_id), on),
        behalf_layout=FRAME,
        behalf=behalf,
        base=url_for("desk.counter_times", space_id=space_id, person=behalf["person_id"]),
        back=url_for("desk.counter_week", person=behalf["person_id"], space=space_id, date=on.isoformat()),
        action=url_for("desk.book_for_resident"),
    )


def book() -> Any:
    """Book for the resident; a refusal offers what is still free, for the same resident."""
    body = wish()
    behalf = {"person_id": forms.text("person_id", 36), "reason": forms.text("reason", 200)}
    try:
        booking = g.api.send("venue", "/bookings", {**body, "on_behalf_of": behalf}, key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        again = url_for("desk.counter_week", person=behalf["person_id"], space=body["space_id"])
        return refused(problem, body, url_for("desk.book_for_resident"), again, behalf, FRAME)
    return redirect(url_for("desk.counter_booking", booking_id=booking["booking_id"], new=1), code=303)


def booking(booking_id: Any) -> str:
    """Show the booking with the code to tell or write down for the resident."""
    row = g.api.get("venue", f"/bookings/{booking_id}")
    venue, _spaces = community_rooms()
    regimes = venue["regimes"] if venue else []
    return render_template(
        "desk/booking.html",
        booking=row,
        is_new="new" in request.args,
        regimes=regimes,
        ended_why=returns.why_ended(row),
        name=venue_forms.with_names([row])[0]["name"],
    )


def confirm(booking_id: Any) -> Any:
    """Turn what is kept for the resident into a booking."""
    g.api.send("venue", f"/bookings/{booking_id}/confirmation", key=forms.key(), version=forms.version())
    return redirect(url_for("desk.counter_booking", booking_id=booking_id, new=1), code=303)


def cancel(booking_id: Any) -> Any:
    """Cancel for the resident."""
    reason = forms.text("reason", 200)
    body = {"reason": reason} if reason else {}
    g.api.send("venue", f"/bookings/{booking_id}/cancellation", body, key=forms.key(), version=forms.version())
    return redirect(url_for("desk.counter_booking", booking_id=booking_id), code=303)


def _resident() -> dict[str, Any]:
    person_id = request.args.get("person", "")
    if not person_id:
        abort(404)
    return people.found(g.api, person_id)


ROUTES = (
    Route("/book", "find_resident", find),
    Route("/book", "book_for_resident", book, POST),
    Route("/book/week", "counter_week", week),
    Route("/book/<uuid:space_id>", "counter_times", times),
    Route("/bookings/<uuid:booking_id>", "counter_booking", booking),
    Route("/bookings/<uuid:booking_id>/cancellation", "counter_cancel", cancel, POST),
    Route("/bookings/<uuid:booking_id>/confirmation", "counter_confirm", confirm, POST),
)
