# SPDX-License-Identifier: Apache-2.0
"""Screens beside the doors: create an address, turn one off, change what the codes are made of."""

from __future__ import annotations

from typing import Any

import segno
from flask import g, redirect, render_template, request, url_for

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route


def displays() -> str:
    """List the displays; no address is shown again."""
    return _page({}, None)


def create() -> Any:
    """Create a display and show its address, this once: the same answer again where the form is sent twice."""
    body = {"space_id": forms.text("space_id", 36)}
    if label := forms.text("label", 60):
        body["label"] = label
    try:
        made = g.api.send("venue", "/displays", body, key=forms.key())
    except Problem as problem:
        return _page(form_errors(problem), None), problem.status
    address = f"{g.settings.issuer.rstrip('/')}/board/door/{made['token']}"
    return _page({}, {**made, "address": address, "picture": picture(address)})


def revoke(display_id: Any) -> Any:
    """Turn a display off."""
    g.api.send("venue", f"/displays/{display_id}/revocation", key=forms.key(), version=forms.version())
    return redirect(url_for("desk.displays"), code=303)


def renew() -> Any:
    """Change the secret: codes photographed until now are worth nothing."""
    venue, _spaces = community_rooms()
    if venue is not None:
        g.api.send("venue", f"/venues/{venue['venue_id']}/door-secret", key=forms.key())
    return redirect(url_for("desk.displays", renewed=1), code=303)


def picture(address: str) -> str:
    """Draw an address as a QR code, as markup of its own that needs no further file."""
    return segno.make(address, error="m").svg_inline(scale=6, border=2)


def _page(wrong: dict[str, str], made: dict[str, Any] | None) -> str:
    answer = g.api.get("venue", "/displays", cursor=request.args.get("cursor"), limit=50)
    _venue, spaces = community_rooms()
    return render_template(
        "desk/displays.html",
        displays=answer["items"],
        next_cursor=answer["next_cursor"],
        spaces=[(one["space_id"], one["name"]) for one in spaces],
        made=made,
        errors=wrong,
        is_renewed="renewed" in request.args,
    )


ROUTES = (
    Route("/displays", "displays", displays),
    Route("/displays", "create_display", create, POST),
    Route("/displays/<uuid:display_id>/revocation", "revoke_display", revoke, POST),
    Route("/displays/door-secret", "renew_door_secret", renew, POST),
)
