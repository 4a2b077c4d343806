# SPDX-License-Identifier: Apache-2.0
"""Calendar addresses of rooms, the venue and the community: for a tablet at the door, a website, the neighbours."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, labels
from gateway.web.client import Problem
from gateway.web.my.calendar import label
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route


def feeds(made: dict[str, Any] | None = None, problem: Problem | None = None) -> str:
    """List the community's addresses, and offer to make one; a new one is shown this once."""
    venue, spaces = community_rooms()
    choices = [("community", _("整个社区"))]
    if venue is not None:
        choices.append((f"venue {venue['venue_id']}", venue["name"]))
    choices += [(f"room {space['space_id']}", space["name"]) for space in spaces]
    return render_template(
        "desk/calendars.html",
        feeds=g.api.get("venue", "/calendar-feeds")["items"],
        choices=choices,
        address=made and g.settings.issuer.rstrip("/") + made["address"],
        refusal=problem and errors.words(problem),
        errors=problem and labels.wrong(problem),
        is_revoked="revoked" in request.args,
    )


def create() -> Any:
    """Make an address of what was chosen. No redirect: what is shown once must not stand in a history."""
    kind, _space, place = forms.text("of", 60).partition(" ")
    body = {"kind": kind} | (
        {{"room": "space_id", "venue": "venue_id"}[kind]: place} if kind in ("room", "venue") else {}
    )
    try:
        made = g.api.send("venue", "/calendar-feeds", body | label(), key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 404, 409, 422, 503):
            raise
        return feeds(problem=problem), problem.status
    return feeds(made)


def revoke(feed_id: Any) -> Any:
    """Let an address lead nowhere any more."""
    g.api.send("venue", f"/calendar-feeds/{feed_id}/revocation", key=forms.key())
    return redirect(url_for("desk.calendars", revoked=1), code=303)


ROUTES = (
    Route("/calendars", "calendars", feeds),
    Route("/calendars", "create_calendar", create, POST),
    Route("/calendars/<uuid:feed_id>/revocation", "revoke_calendar", revoke, POST),
)
