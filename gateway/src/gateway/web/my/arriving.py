# SPDX-License-Identifier: Apache-2.0
"""Check in at the door: the code on the display leads here, and one button does it."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import errors, forms
from gateway.web.client import Problem
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route


def arrive() -> str:
    """Show the one button."""
    return _page(request.args.get("space", ""), request.args.get("code", ""), None)


def check_in() -> Any:
    """Check in; a code that changed meanwhile is to be scanned again."""
    space, code = forms.text("space", 36), forms.text("code", 8)
    try:
        booking = g.api.send("venue", "/my/check-ins", {"space_id": space, "code": code}, key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 404, 409, 422):
            raise
        return _page(space, code, errors.words(problem)), problem.status
    return redirect(url_for("my.booking", booking_id=booking["booking_id"]), code=303)


def _page(space_id: str, code: str, refusal: dict[str, str] | None) -> str:
    _venue, spaces = community_rooms()
    space = next((one for one in spaces if one["space_id"] == space_id), None)
    return render_template("my/check_in.html", space=space, space_id=space_id, code=code, refusal=refusal)


ROUTES = (
    Route("/check-in", "arrive", arrive),
    Route("/check-in", "check_in", check_in, POST),
)
