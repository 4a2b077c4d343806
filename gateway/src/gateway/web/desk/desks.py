# SPDX-License-Identifier: Apache-2.0
"""Government desks at the counter: their sessions, a number for somebody, the queue."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.desk.sittings import sessions_of
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route

OUTCOMES = ("served", "not_came")


def desks() -> str:
    """List the coming sessions of desks and the plans behind them; with a resident, their numbers to take."""
    return _page(request.args.get("person", ""), {})


def take(session_id: Any) -> Any:
    """Take a number for a resident who was found first."""
    hour_no, person_id = forms.text("hour_no", 2), forms.text("person_id", 36)
    behalf = {"person_id": person_id, "reason": forms.text("reason", 200)}
    body = {"hour_no": int(hour_no) if hour_no.isdecimal() else -1, "on_behalf_of": behalf}
    try:
        g.api.send("venue", f"/sessions/{session_id}/tickets", body, key=forms.key())
    except Problem as problem:
        return _page(person_id, form_errors(problem)), problem.status
    return redirect(url_for("desk.queue", session_id=session_id), code=303)


def queue(session_id: Any) -> str:
    """Show the numbers of a session and whose turn it is."""
    return _queue(str(session_id), {})


def call_next(session_id: Any) -> Any:
    """Call the next number."""
    try:
        g.api.send("venue", f"/sessions/{session_id}/calls", key=forms.key())
    except Problem as problem:
        return _queue(str(session_id), form_errors(problem)), problem.status
    return redirect(url_for("desk.queue", session_id=session_id), code=303)


def close(ticket_id: Any) -> Any:
    """Note that a called number was served, or that nobody came; or give a seat back."""
    outcome, session_id = forms.text("outcome", 10), forms.text("session_id", 36)
    path, body = f"/tickets/{ticket_id}/leave", {}
    if outcome in OUTCOMES:
        path, body = f"/tickets/{ticket_id}/outcome", {"outcome": outcome}
    elif outcome != "left":
        abort(404)
    try:
        g.api.send("venue", path, body, key=forms.key(), version=forms.version())
    except Problem as problem:
        return _queue(session_id, form_errors(problem)), problem.status
    return redirect(url_for("desk.queue", session_id=session_id), code=303)


def _page(person_id: str, errors: dict[str, str]) -> str:
    is_counter = g.visitor.office in layout.COUNTER_OFFICES
    return render_template(
        "desk/desks.html",
        sessions=sessions_of(g.api, "desk", layout.today()),
        rotas=g.api.get("venue", "/rotas", kind="desk", limit=50)["items"] if is_counter else [],
        behalf=people.found(g.api, person_id) if person_id else None,
        errors=errors,
        is_counter=is_counter,
    )


def _queue(session_id: str, errors: dict[str, str]) -> str:
    row = g.api.get("venue", f"/sessions/{session_id}")
    tickets = g.api.get("venue", f"/sessions/{session_id}/tickets")["items"]
    persons = {one["person_id"] for one in tickets if one.get("person_id")}
    return render_template(
        "desk/queue.html",
        one=row,
        tickets=tickets,
        names=people.names(g.api, persons) if persons else {},
        waiting=sum(one["state"] == "waiting" for one in tickets),
        errors=errors,
    )


ROUTES = (
    Route("/desks", "desks", desks),
    Route("/sessions/<uuid:session_id>/queue", "queue", queue),
    Route("/sessions/<uuid:session_id>/tickets", "take_for_resident", take, POST),
    Route("/sessions/<uuid:session_id>/calls", "call_next", call_next, POST),
    Route("/tickets/<uuid:ticket_id>", "close_ticket", close, POST),
)
