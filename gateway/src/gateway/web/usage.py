# SPDX-License-Identifier: Apache-2.0
"""How rooms are used, for anyone: planned and used hours by regime, counted from the public weeks. Never by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, g, render_template, request

from gateway.web import weeks
from gateway.web.board import community_place, latest_versions, or_none, week_start
from gateway.web.layout import today, venues_of

pages = Blueprint("usage", __name__, url_prefix="/board/<code>/use")
MONTHS_SHOWN = 13
ROOMS_ASKED = 12


@pages.get("")
def board(code: str) -> str:
    """Show a week of use, the public share beside what was agreed, and the months of income."""
    place, api = community_place(code), g.api
    start = week_start(request.args.get("from") or (today() - timedelta(days=7)).isoformat())
    venue = next(iter(venues_of(code) or []), None)
    rooms = smallest(venue["spaces"])[:ROOMS_ASKED] if venue else []
    questions = {one["space_id"]: _ask_week(code, one["space_id"], start) for one in rooms}
    answers = api.together(fund=lambda: api.public("disclosure", f"/divisions/{code}/fund", limit=100), **questions)
    read = [(one, or_none(answers[one["space_id"]])) for one in rooms]
    regimes = venue["regimes"] if venue else []
    rooms_read = [{"name": one["name"], **counted([week], regimes)} for one, week in read if week]
    return render_template(
        "board/use.html",
        community=place,
        venue=venue,
        start=start,
        last=start + timedelta(days=6),
        earlier=start - timedelta(days=7),
        later=start + timedelta(days=7) if start + timedelta(days=7) <= today() else None,
        rooms=rooms_read,
        drawing=[[(row["look"], row["used"]) for row in one["rows"]] for one in rooms_read],
        all=counted([week for _one, week in read if week], regimes),
        months=latest_versions(or_none(answers["fund"]))[:MONTHS_SHOWN],
    )


def smallest(spaces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rooms without parts: counting the house besides its rooms would count an hour twice."""
    parents = {one.get("parent_id") for one in spaces}
    return [one for one in spaces if one["space_id"] not in parents]


def counted(read: Iterable[dict[str, Any]], regimes: list[dict[str, Any]]) -> dict[str, Any]:
    """Count the open and the used minutes of some weeks by regime, and the share planned for the public benefit."""
    planned: dict[str, int] = {}
    used: dict[str, int] = {}
    for week in read:
        for day in week["days"]:
            for row in weeks.exact(day):
                if row.regime and row.state != "closed":
                    minutes = (row.ends_at - row.starts_at) // timedelta(minutes=1)
                    planned[row.regime] = planned.get(row.regime, 0) + minutes
                    used[row.regime] = used.get(row.regime, 0) + (minutes if row.state == "busy" else 0)
    rows = [
        {"name": one["name"], "look": look_of(one), "planned": planned[one["code"]], "used": used[one["code"]]}
        for one in regimes
        if one["code"] in planned
    ]
    benefit = sum(planned.get(one["code"], 0) for one in regimes if is_public(one))
    total = sum(planned.values())
    return {
        "rows": rows,
        "planned": total,
        "used": sum(used.values()),
        "percent": benefit * 100 // total if total else 0,
    }


def is_public(regime: dict[str, Any]) -> bool:
    """Tell whether a regime is for the public benefit."""
    return (regime.get("kind") or regime["code"]) == "public_benefit"


def is_open(regime: dict[str, Any]) -> bool:
    """Tell whether anything can take place in a regime; one in which the house is shut has no hours to count."""
    return regime.get("kind") != "closed"


def look_of(regime: dict[str, Any]) -> str:
    """Return the look of a regime in a chart."""
    return "benefit" if is_public(regime) else "commercial"


def _ask_week(code: str, space_id: str, start: date) -> Any:
    api = g.api
    return lambda: api.public("venue", f"/divisions/{code}/spaces/{space_id}/week", **{"from": start})
