# SPDX-License-Identifier: Apache-2.0
"""The waiting list at the counter: who waits for what, whom to telephone, and joining for somebody."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.my import waiting
from gateway.web.routes import POST, Route

FRAME = "desk/layout.html"


def entries() -> str:
    """List open offers first, with how long they last, then who waits, longest first."""
    state, cursor, api = request.args.get("state", ""), request.args.get("cursor"), g.api
    answers = api.together(
        offered=lambda: api.pages("venue", "/waiting-entries", state="offered", limit=100),
        waiting=lambda: api.get("venue", "/waiting-entries", state="waiting", cursor=cursor, limit=50),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    offered, waits = answers["offered"], answers["waiting"]
    rows = offered if state == "offered" else [*([] if cursor else offered), *waits["items"]]
    return render_template(
        "desk/waiting.html",
        entries=rows,
        names=people.names(api, {row["person_id"] for row in rows}),
        next_cursor=None if state == "offered" else waits["next_cursor"],
        state=state,
        minutes_left=waiting.minutes_left,
    )


def new() -> str:
    """Ask what the resident waits for; the resident was found before."""
    behalf = people.found(g.api, request.args.get("person", ""))
    return _form(waiting.asked_of(request.args), behalf)


def join() -> Any:
    """Put the resident on the list, with the reason why staff does it."""
    asked = waiting.asked_of(request.form)
    behalf = people.found(g.api, forms.text("person_id", 36))
    told = {"person_id": behalf["person_id"], "reason": forms.text("reason", 200)}
    body, wrong = waiting.body_of(asked)
    if wrong:
        return waiting.form(asked, wrong, behalf={**behalf, **told}, **_frame()), 422
    try:
        g.api.send("venue", "/waiting-entries", {**body, "on_behalf_of": told}, key=forms.key())
    except Problem as problem:
        return waiting.refused(problem, asked, url_for("desk.book_for_resident"), {**behalf, **told}, **_frame())
    return redirect(url_for("desk.waiting"), code=303)


def act(entry_id: Any, act: str) -> Any:
    """Take somebody off the list, or answer an offer as they said on the telephone."""
    path = {
        "departure": f"/waiting-entries/{entry_id}/departure",
        "confirmation": f"/bookings/{forms.text('booking_id', 36)}/confirmation",
        "cancellation": f"/bookings/{forms.text('booking_id', 36)}/cancellation",
    }[act]
    g.api.send("venue", path, key=forms.key(), version=forms.version())
    if act == "confirmation":
        return redirect(url_for("desk.counter_booking", booking_id=forms.text("booking_id", 36), new=1), code=303)
    return redirect(url_for("desk.waiting"), code=303)


def _form(asked: dict[str, str], behalf: dict[str, Any]) -> str:
    return waiting.form(asked, {}, behalf=behalf, **_frame())


def _frame() -> dict[str, Any]:
    return {"behalf_layout": FRAME, "action": url_for("desk.join_waiting")}


ROUTES = (
    Route("/waiting", "waiting", entries),
    Route("/waiting", "join_waiting", join, POST),
    Route("/waiting/new", "wait", new),
    Route("/waiting/<uuid:entry_id>/<any(departure,confirmation,cancellation):act>", "answer_waiting", act, POST),
)
