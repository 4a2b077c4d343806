# SPDX-License-Identifier: Apache-2.0
"""What the public was promised: the share of public hours, and the free sessions the operator owes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change, whole
from gateway.web.routes import POST, Route

WEEKS = 5


def show() -> str:
    """Show the coming weeks and the debt."""
    return _page({}, {}, None)


def set_terms() -> Any:
    """Change the terms with the operator."""
    body = {name: whole(name) for name in ("min_public_percent", "owed_free_sessions_per_month")}
    return change(_page, "desk.share", f"/venues/{venue_forms.venue_id()}", body, method="PATCH")


def mark() -> Any:
    """Count a session that was held for nothing against the debt, found by its pick-up code."""
    found = g.api.get("venue", "/bookings", pick_up_code=forms.text("code", 20) or "----")["items"]
    if not found:
        return _page(venue_forms.typed(), {"code": _("没有这个取屋号的预订。")}, None), 422
    path = f"/bookings/{found[0]['booking_id']}/free-session"
    return change(_page, "desk.share", path, {}, versioned=False)


def waive() -> Any:
    """Let the operator off some of the debt."""
    body = {"sessions": whole("sessions"), "reason": forms.text("reason", 200)}
    path = f"/venues/{venue_forms.venue_id()}/owed-sessions/waivers"
    return change(_page, "desk.share", path, body, versioned=False)


def _page(kept: Mapping[str, str], wrong: Mapping[str, str], _problem: Problem | None) -> str:
    venue, api = venue_forms.settings(), g.api
    path, today = f"/venues/{venue['venue_id']}", layout.today().isoformat()
    answers = api.together(
        share=lambda: api.get("venue", path + "/share-of-use", **{"from": today, "weeks": WEEKS}),
        owed=lambda: api.get("venue", path + "/owed-sessions"),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    return render_template(
        "desk/share.html",
        venue=venue,
        regimes=venue_forms.regime_words(venue),
        **answers,
        typed=kept,
        errors=wrong,
        can_set=g.visitor.office == "community_secretary",
        done=request.args.get("done"),
    )


ROUTES = (
    Route("/share", "share", show),
    Route("/share", "set_terms", set_terms, POST),
    Route("/share/free-sessions", "mark_free_session", mark, POST),
    Route("/share/waivers", "waive_owed_sessions", waive, POST),
)
