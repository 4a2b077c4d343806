# SPDX-License-Identifier: Apache-2.0
"""Government desks for residents: what to bring, take a number, one's own numbers."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route


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
    """Show one number: when, how many are before, what to bring."""
    return render_template(
        "my/ticket.html", ticket=g.api.get("venue", f"/tickets/{ticket_id}"), is_new="new" in request.args
    )


def leave(ticket_id: Any) -> Any:
    """Give the seat back."""
    g.api.send("venue", f"/tickets/{ticket_id}/leave", key=forms.key(), version=forms.version())
    return redirect(url_for("my.ticket", ticket_id=ticket_id), code=303)


def _page(errors: dict[str, str]) -> str:
    items = g.api.get("venue", f"/divisions/{g.visitor.division}/desks")["items"]
    return render_template("my/desks.html", desks=items, errors=errors)


ROUTES = (
    Route("/desks", "desks", desks),
    Route("/desks/<uuid:session_id>/tickets", "take_ticket", take, POST),
    Route("/tickets", "tickets", tickets),
    Route("/tickets/<uuid:ticket_id>", "ticket", ticket),
    Route("/tickets/<uuid:ticket_id>/leave", "leave_queue", leave, POST),
)
