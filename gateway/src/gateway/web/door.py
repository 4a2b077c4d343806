# SPDX-License-Identifier: Apache-2.0
"""What a screen beside a door shows: now, next, and the code that checks in who stands there. No name, no script."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, render_template

from gateway.web import layout
from gateway.web.desk.doors import picture
from gateway.web.formats import moment

pages = Blueprint("door", __name__)
SOONEST = 2  # seconds; a page never asks again more often


@pages.get("/board/door/<token>")
def display(token: str) -> Response:
    """Show the door of the room the address was made for; it asks again when the code changes."""
    door = g.api.get("venue", f"/door-displays/{token}")
    layout.place_of(token[:12])
    query = urlencode({"space": door["space_id"], "code": door["check_in_code"]})
    address = f"{g.settings.issuer.rstrip('/')}/my/check-in?{query}"
    answer = make_response(render_template("board/door.html", door=door, picture=picture(address)))
    seconds = (moment(door["code_changes_at"]) - moment(door["now"])).total_seconds()
    answer.headers["Refresh"] = str(max(SOONEST, int(seconds) + 1))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the display's only secret
    return answer
