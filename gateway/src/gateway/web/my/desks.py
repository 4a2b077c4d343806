# SPDX-License-Identifier: Apache-2.0
"""Government desks for residents: what to bring, take a number, one's own numbers."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route
from gateway.web.sittings import TICKET_NEWS

LIVE, OVER = ("waiting", "called"), ("lapsed", "cancelled", "not_came")
OTHERS = 3  # sessions that a page offers instead


def desks() -> str:
    """Show every desk with what to bring and the hours in which a number is left."""
    return _page({})


def take(session_id: Any) -> Any:
    """Take a number; a refusal shows what is still free."""
    hour_no = forms.text("hour_no", 2)
    body = {"hour_no": int(hour_no) if hour_no.isdecimal() else -1}
    try:
        taken = g.api.send("venue", f"/sessions/{session_id}/tickets", body, key=forms.key())
    except Problem as problem:
        return _page(form_errors(problem)), problem.status
    return redirect(url_for("my.ticket", ticket_id=taken["ticket_id"], new=1), code=303)


def tickets() -> str:
    """List one's own numbers, newest first."""
    answer = g.api.get("venue", "/my/tickets", cursor=request.args.get("cursor"), limit=20)
    return render_template("my/tickets.html", tickets=answer["items"], next_cursor=answer["next_cursor"])


def ticket(ticket_id: Any) -> str:
    """Show one number: when, how many are before, what to bring; or what became of it, and what else there is."""
    one = g.api.get("venue", f"/tickets/{ticket_id}")
    news = _news(one)
    return render_template(
        "my/ticket.html",
        ticket=one,
        is_new="new" in request.args,
        news=TICKET_NEWS.get(news or ""),
        others=_other_sessions(one) if news else [],
    )


def leave(ticket_id: Any) -> Any:
    """Give the seat back."""
    g.api.send("venue", f"/tickets/{ticket_id}/leave", key=forms.key(), version=forms.version())
    return redirect(url_for("my.ticket", ticket_id=ticket_id), code=303)


def _news(one: dict[str, Any]) -> str | None:
    """Which of the words for a number that led to nothing apply to this one, if any."""
    if one["state"] in LIVE and one.get("session_state") == "unplaced":
        return "displaced"
    if one["state"] == "lapsed" and one.get("was_called"):
        return "called_lapsed"
    return one["state"] if one["state"] in OVER else None


def _other_sessions(one: dict[str, Any]) -> list[dict[str, Any]]:
    """The next sessions of the same desk in which a number is left; none where they cannot be read."""
    try:
        found = _desks()
    except Problem:
        return []
    sessions = next((desk["sessions"] for desk in found if desk["desk"] == one["desk"]), [])
    return [row for row in sessions if row["session_id"] != one["session_id"] and _has_seats(row)][:OTHERS]


def _has_seats(session: dict[str, Any]) -> bool:
    return session["state"] == "planned" and any(hour["is_offered"] and hour["free"] for hour in session["hours"])


def _desks() -> list[dict[str, Any]]:
    return g.api.get("venue", f"/divisions/{g.visitor.division}/desks")["items"]


def _page(errors: dict[str, str]) -> str:
    return render_template("my/desks.html", desks=_desks(), errors=errors)


ROUTES = (
    Route("/desks", "desks", desks),
    Route("/desks/<uuid:session_id>/tickets", "take_ticket", take, POST),
    Route("/tickets", "tickets", tickets),
    Route("/tickets/<uuid:ticket_id>", "ticket", ticket),
    Route("/tickets/<uuid:ticket_id>/leave", "leave_queue", leave, POST),
)
