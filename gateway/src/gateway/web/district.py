# SPDX-License-Identifier: Apache-2.0
"""The district console: the state of the communities as counts. No page about a person exists here."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from gateway.web import board, errors
from gateway.web.client import Problem
from gateway.web.counts import totals

pages = Blueprint("district", __name__, url_prefix="/district")
pages.before_request(errors.require_office("street_officer", "district_officer"))


@pages.get("")
def console() -> str:
    """Show a street's or district's counts and its communities."""
    code, api = g.visitor.division or g.settings.district, g.api
    answers = api.together(
        place=lambda: api.public("identity", f"/divisions/{code}"),
        divisions=lambda: board.all_divisions(api, code),
        counts=lambda: api.public("engagement", f"/divisions/{code}/need-counts", depth=2),
        categories=lambda: api.public("engagement", "/need-categories"),
    )
    if isinstance(answers["divisions"], Problem):
        raise answers["divisions"]
    return render_template(
        "district/console.html",
        division=board.or_none(answers["place"]),
        streets=board.streets(answers["divisions"], ""),
        counts=board.need_counts(answers, code),
        totals=totals(board.or_none(answers["counts"])),
    )
