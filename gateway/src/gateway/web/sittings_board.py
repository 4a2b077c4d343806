# SPDX-License-Identifier: Apache-2.0
"""The public board's page of sittings and desks: who comes when, whether they came, what was asked and answered."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from gateway.web.board import community_place
from gateway.web.client import Problem
from gateway.web.layout import today

pages = Blueprint("sittings_board", __name__)
SHOWN = 6


@pages.get("/board/<code>/sittings")
def sittings(code: str) -> str:
    """Show what comes and what was, with the desks beside it."""
    place, api = community_place(code), g.api
    answers = api.together(
        sittings=lambda: api.public("venue", f"/divisions/{code}/sittings"),
        desks=lambda: api.public("venue", f"/divisions/{code}/desks"),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    rows, now = answers["sittings"]["items"], today().isoformat()
    return render_template(
        "board/sittings.html",
        community=place,
        coming=[one for one in rows if one["date"] >= now and one["state"] != "held"][:SHOWN],
        past=[one for one in reversed(rows) if one["date"] < now or one["state"] == "held"],
        held=answers["sittings"]["held"],
        missed=answers["sittings"]["missed"],
        desks=answers["desks"]["items"],
    )
