# SPDX-License-Identifier: Apache-2.0
"""What the public was promised: the share of public hours, and the free sessions the operator owes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change, whole
from gateway.web.routes import POST, Route
from gateway.web.usage import is_open

WEEKS_PAST, WEEKS_AHEAD = 8, 4


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
    path, today = f"/venues/{venue['venue_id']}", layout.today()
    monday = today - timedelta(days=today.weekday())
    asked = {"from": monday - timedelta(weeks=WEEKS_PAST), "weeks": WEEKS_PAST + 1 + WEEKS_AHEAD}
    answers = api.together(
        share=lambda: api.get("venue", path + "/share-of-use", **asked),
        owed=lambda: api.get("venue", path + "/owed-sessions"),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    return render_template(
        "desk/share.html",
        venue=venue,
        **answers,
        **_weeks(answers["share"], venue, monday.isoformat()),
        typed=kept,
        errors=wrong,
        can_set=g.visitor.office == "community_secretary",
        done=request.args.get("done"),
    )


def _weeks(share: dict[str, Any], venue: dict[str, Any], monday: str) -> dict[str, Any]:
    """Arrange the weeks: the current one, the drawing, and the planned minutes in the same columns for every week."""
    weeks, minimum = share["weeks"], share["min_public_percent"]
    spoken_of = {one["regime"] for week in weeks for one in week["regimes"]}
    regimes = [one for one in venue["regimes"] if one["code"] in spoken_of and is_open(one)]
    said = [{one["regime"]: one["planned_minutes"] for one in week["regimes"]} for week in weeks]
    shares = [week["public_percent"] for week in weeks]
    return {
        "current": next((week for week in weeks if week["week_from"] == monday), weeks[0]),
        "names": [one["name"] for one in regimes],
        "planned": [[minutes.get(one["code"], 0) for one in regimes] for minutes in said],
        "drawing": [[("benefit" if percent >= minimum else "less", percent)] for percent in shares],
    }


ROUTES = (
    Route("/share", "share", show),
    Route("/share", "set_terms", set_terms, POST),
    Route("/share/free-sessions", "mark_free_session", mark, POST),
    Route("/share/waivers", "waive_owed_sessions", waive, POST),
)
