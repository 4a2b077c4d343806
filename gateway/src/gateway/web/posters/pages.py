# SPDX-License-Identifier: Apache-2.0
"""The addresses of posters: a PDF to print, a PNG to look at first. Public like the week they show."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from gateway.web.board import community_place, week_start
from gateway.web.client import Problem
from gateway.web.formats import week_words
from gateway.web.posters import week as of_week
from gateway.web.posters.typesetting import Poster, can_typeset, typeset

pages = Blueprint("posters", __name__, url_prefix="/board/<code>/venues/<uuid:space_id>")
KINDS = {"pdf": "application/pdf", "png": "image/png"}


@pages.get("/poster")
def preview(code: str, space_id: Any) -> str:
    """Show the sheet as a picture before anybody prints it, with its hash to compare paper with."""
    place, week, sheet = _sheet(code, space_id)
    first, last = week["days"][0]["date"], week["days"][-1]["date"]
    return render_template(
        "board/poster.html",
        community=place,
        week=week,
        start=first,
        words=week_words(first, last),
        digest=sheet.digest,
        address=f"/board/{code}/venues/{space_id}/poster",
    )


@pages.get("/poster.<kind>")
def sheet(code: str, space_id: Any, kind: str) -> Response:
    """Give the sheet; its hash is its version, so that a kiosk asks again for nothing."""
    if kind not in KINDS:
        abort(404)
    _place, week, made = _sheet(code, space_id)
    answer = Response(made.pdf if kind == "pdf" else made.png, mimetype=KINDS[kind])
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.headers["Content-Disposition"] = f'inline; filename="{space_id}-{week["days"][0]["date"]}.{kind}"'
    answer.set_etag(f"{made.digest[:32]}-{kind}")
    return answer.make_conditional(request)


def _sheet(code: str, space_id: Any) -> tuple[dict[str, Any], dict[str, Any], Poster]:
    if not can_typeset():
        raise Problem(503, "fonts_missing", {}, "web")
    place, start = community_place(code), week_start(request.args.get("from"))
    week = g.api.public("venue", f"/divisions/{code}/spaces/{space_id}/week", **{"from": start})
    address = f"{g.settings.issuer.rstrip('/')}/board/{code}/venues/{space_id}/poster?from={start}"
    return place, week, typeset("week", of_week.facts(place, week), address)
