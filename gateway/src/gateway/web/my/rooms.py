# SPDX-License-Identifier: Apache-2.0
"""The teahouse as a resident books it: a week, then a start, then an end with its price."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from typing import Any

from flask import abort, g, render_template, request, url_for

from gateway.web import reading, weeks
from gateway.web.board import chosen_day, week_start
from gateway.web.client import Problem
from gateway.web.errors import NoVenue
from gateway.web.routes import Route
from gateway.web.spaces import tree


def week() -> str:
    """Show a room's week: a table on a wide screen, one day's list on a phone."""
    venue, spaces = venue_and_rooms()
    start = week_start(request.args.get("from") or request.args.get("date"))
    availability = g.api.get("venue", "/availability", venue_id=venue["venue_id"], **{"from": start, "days": 7})
    space = chosen_space(availability, request.args.get("space"))
    on = chosen_day((day["date"] for day in space["days"]), start)
    return render_template(
        "my/week.html",
        **week_of_room(availability, space),
        venue=venue,
        rooms_tree=tree(spaces, availability["spaces"]),
        on=on.isoformat(),
        start=start,
        earlier=start - timedelta(days=7),
        later=week_after(start, availability),
        base=url_for("my.times", space_id=space["space_id"]),
    )


def week_after(start: date, availability: dict[str, Any]) -> date | None:
    """Return the Monday after a week, as long as anything of it can be booked yet."""
    later = start + timedelta(days=7)
    return later if later.isoformat() <= availability.get("bookable_until", "9999") else None


def week_of_room(availability: dict[str, Any], space: dict[str, Any]) -> dict[str, Any]:
    """Arrange a room's week: the same for a resident and for the counter."""
    regimes, until = availability["regimes"], availability.get("bookable_until")
    days = [(day["date"], weeks.stretches(day, regimes, until)) for day in space["days"]]
    return {
        "availability": availability,
        "space": space,
        "rows": weeks.table(space["days"], regimes, until),
        "days": days,
        "legend": weeks.legend((rows for _date, rows in days), regimes),
    }


def times(space_id: Any) -> str:
    """Choose a start and an end on one day, and see price, rule and way out before the button."""
    venue, _spaces = venue_and_rooms()
    on = reading.day(request.args.get("date"))
    if on is None:
        abort(404)
    choice = times_of_day(g.api, venue, str(space_id), on)
    checked = _checked(str(space_id), choice)
    choice |= {"asks": choice["asks"] or bool(checked.get("needs_approval")), "deposit": checked.get("deposit_fen", 0)}
    return render_template("my/times.html", **choice, base=url_for("my.times", space_id=space_id))


def _checked(space_id: str, choice: dict[str, Any]) -> dict[str, Any]:
    """Ask the venue what would become of the chosen time: approval and deposit are said before the button."""
    starts_at, ends_at = choice["starts_at"], choice["ends_at"]
    if starts_at is None or ends_at is None:
        return {}
    wish = {"space_id": space_id, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    try:
        return g.api.send("venue", "/bookings/check", wish | ({"split": True} if choice["chosen"].is_split else {}))
    except Problem:
        return {}


def times_of_day(api: Any, venue: dict[str, Any], space_id: str, on: date) -> dict[str, Any]:
    """Read a day and what was chosen of it, the night after it included: for a resident and for the counter."""
    availability = api.get("venue", "/availability", venue_id=venue["venue_id"], **{"from": on, "days": 2})
    space = next((one for one in availability["spaces"] if one["space_id"] == space_id), None)
    if space is None or not space["days"]:
        abort(404)
    told = availability["regimes"], availability.get("bookable_until")
    rows, *night = (weeks.stretches(day, *told) for day in space["days"])
    starts_at = weeks.local(on, request.args.get("start", ""))
    stretch = weeks.around(rows, starts_at) if starts_at else None
    longest = venue["terms"]["longest_minutes"]
    ends = weeks.ends([*rows, *chain(*night)], starts_at, longest) if stretch and starts_at else []
    ends_at = weeks.local(on, request.args.get("end", ""), most=48)
    chosen = next((one for one in ends if one.at == ends_at), None)
    return {
        "venue": venue,
        "availability": availability,
        "space": space,
        "on": on.isoformat(),
        "starts": weeks.starts(rows),
        "stretch": stretch,
        "starts_at": starts_at if stretch else None,
        "is_taken": bool(request.args.get("start")) and stretch is None,
        "is_own": any(row.look == "mine" and row.starts_at <= starts_at < row.ends_at for row in rows if starts_at),
        "ends": ends,
        "ends_at": ends_at if chosen else None,
        "chosen": chosen,
        "price": chosen.price_fen if chosen else None,
        "equipment": venue.get("equipment") or [],
        "asks": any(one["space_id"] == space_id and one.get("needs_approval") for one in venue["spaces"]),
    }


def community_rooms() -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the community's first venue and its rooms."""
    code = g.visitor.community
    if code is None:
        return None, []
    venues = g.api.public("venue", f"/divisions/{code}/venues")["items"]
    return (venues[0], venues[0]["spaces"]) if venues else (None, [])


def venue_and_rooms() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the community's venue and its rooms, for pages that are of no use without."""
    venue, spaces = community_rooms()
    if venue is None:
        raise NoVenue
    return venue, spaces


def chosen_space(availability: dict[str, Any], wanted: str | None) -> dict[str, Any]:
    """Return the room asked for, else the first."""
    spaces = availability["spaces"]
    if not spaces:
        abort(404)
    return next((one for one in spaces if one["space_id"] == wanted), spaces[0])


ROUTES = (
    Route("/venue", "week", week),
    Route("/venue/<uuid:space_id>/book", "times", times),
)
