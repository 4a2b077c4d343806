# SPDX-License-Identifier: Apache-2.0
"""Subscribe to one's bookings in the telephone's own calendar."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import errors, forms, labels
from gateway.web.client import Problem
from gateway.web.routes import POST, Route


def feeds(made: dict[str, Any] | None = None, problem: Problem | None = None) -> str:
    """List the addresses that lead somewhere; a new one is shown this once."""
    items = g.api.get("venue", "/calendar-feeds")["items"]
    return render_template(
        "my/calendar.html",
        feeds=items,
        made=made and _addresses(made),
        refusal=problem and errors.words(problem),
        errors=problem and labels.wrong(problem),
        is_revoked="revoked" in request.args,
    )


def create() -> Any:
    """Make an address. It is no redirect: what is shown once must not stand in an address bar or a history."""
    try:
        made = g.api.send("venue", "/calendar-feeds", {"kind": "person"} | label(), key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 409, 422, 503):
            raise
        return feeds(problem=problem), problem.status
    return feeds(made)


def label() -> dict[str, str]:
    """Return what the form calls the address, for a request; nothing where it was left empty."""
    typed = forms.text("label", 40)
    return {"label": typed} if typed else {}


def revoke(feed_id: Any) -> Any:
    """Let an address lead nowhere any more."""
    g.api.send("venue", f"/calendar-feeds/{feed_id}/revocation", key=forms.key())
    return redirect(url_for("my.calendar", revoked=1), code=303)


def _addresses(made: dict[str, Any]) -> dict[str, str]:
    """Write the address as programs want it: plain, and as a link that opens the calendar."""
    plain = g.settings.issuer.rstrip("/") + made["address"]
    return {"plain": plain, "link": "webcal:" + plain.partition(":")[2]}


ROUTES = (
    Route("/calendar", "calendar", feeds),
    Route("/calendar", "create_calendar", create, POST),
    Route("/calendar/<uuid:feed_id>/revocation", "revoke_calendar", revoke, POST),
)
