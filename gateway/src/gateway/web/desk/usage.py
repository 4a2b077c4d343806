# SPDX-License-Identifier: Apache-2.0
"""What of the rooms was used, and what came in, week by week. What was agreed about it stands in ``share``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g, render_template, request

from gateway.web import layout
from gateway.web.board import latest_versions, or_none
from gateway.web.client import Problem
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import Route
from gateway.web.usage import is_open, look_of

SPANS = (4, 13, 26)
DAYS_SHOWN = 14


def show() -> str:
    """Show the weeks asked for, the last of them the current one."""
    count = request.args.get("weeks", default=13, type=int)
    count = count if count in SPANS else 13
    venue, _spaces = venue_and_rooms()
    monday = layout.today() - timedelta(days=layout.today().weekday())
    first, path, api = monday - timedelta(days=7 * (count - 1)), f"/venues/{venue['venue_id']}", g.api
    fund = f"/divisions/{g.visitor.community}/fund"
    answers = api.together(
        share=lambda: api.get("venue", f"{path}/share-of-use", weeks=count, **{"from": first}),
        days=lambda: api.get("venue", f"{path}/days"),
        fund=lambda: api.public("disclosure", fund, limit=100),
    )
    if isinstance(answers["share"], Problem):
        raise answers["share"]
    spoken_of = {one["regime"] for row in answers["share"]["weeks"] for one in row["regimes"]}
    regimes = [one for one in venue["regimes"] if one["code"] in spoken_of and is_open(one)]
    weeks = [_week(row, regimes) for row in answers["share"]["weeks"]]
    return render_template(
        "desk/usage.html",
        used=[[(one["look"], one["used_minutes"]) for one in row["regimes"]] for row in weeks],
        venue=venue,
        spans=SPANS,
        count=count,
        weeks=weeks,
        days=(or_none(answers["days"]) or {}).get("items", [])[:DAYS_SHOWN],
        months=latest_versions(or_none(answers["fund"]))[:13],
    )


def _week(row: dict[str, Any], regimes: list[dict[str, Any]]) -> dict[str, Any]:
    """Arrange a week's minutes in the regimes' order, so that every row of the table has the same columns."""
    said = {one["regime"]: one for one in row["regimes"]}
    none = {"planned_minutes": 0, "used_minutes": 0}
    rows = [{**none, **said.get(one["code"], {}), "name": one["name"], "look": look_of(one)} for one in regimes]
    planned = sum(one["planned_minutes"] for one in rows)
    used = sum(one["used_minutes"] for one in rows)
    return {**row, "regimes": rows, "percent": used * 100 // planned if planned else 0}


ROUTES = (Route("/use", "usage", show),)
