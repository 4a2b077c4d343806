# SPDX-License-Identifier: Apache-2.0
"""Close a room or the whole teahouse for a time; who has booked is named before anything is cancelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import forms, layout, reading, weeks
from gateway.web.board import or_none
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change
from gateway.web.formats import moment
from gateway.web.my.needs import form_errors
from gateway.web.my.returns import CLOSED
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route

IN_THE_WAY = ("bookings_in_the_way", "sessions_in_the_way")
MOST_DAYS = 31  # of a closure are searched for what it cancelled


def show() -> str:
    """List the closures that run or are to come."""
    return _page({}, {}, None)


def close() -> Any:
    """Announce a closure; what is in the way comes back as a list with the question what to do."""
    body: dict[str, Any] = {"venue_id": venue_forms.venue_id()}
    body |= {name: forms.text(name, 200) for name in ("reason_zh", "reason_en")}
    body["reason_en"] = body["reason_en"] or body["reason_zh"]
    for end in ("starts", "ends"):
        at = _moment(forms.text(f"{end}_on", 10), forms.text(f"{end}_time", 5))
        if at is None:
            return _page(venue_forms.typed(), {f"{end}_on": _("请写清楚哪天几点。")}, None), 422
        body[f"{end}_at"] = at.isoformat()
    if forms.text("space_id", 36):
        body["space_id"] = forms.text("space_id", 36)
    if forms.text("cancel_bookings") == "yes":
        body["cancel_bookings"] = True
    try:
        made = g.api.send("venue", "/closures", body, key=forms.key())
    except Problem as problem:
        return _page(venue_forms.typed(), form_errors(problem), problem), problem.status
    told = {"closed": made["closure_id"]} if made.get("cancelled_bookings") else {}
    return redirect(url_for("desk.closures", done=venue_forms.SAVED, **told), code=303)


def end(closure_id: Any) -> Any:
    """Open again before the time."""
    return change(_page, "desk.closures", f"/closures/{closure_id}/end", {})


def _moment(day: str, time: str) -> datetime | None:
    on = reading.day(day)
    return weeks.local(on, time) if on else None


def _cancelled_by(closure: Mapping[str, Any], spaces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the bookings that a closure cancelled, for staff to call: those of its rooms that end with its reason."""
    first, last, api = moment(closure["starts_at"]), moment(closure["ends_at"]), g.api
    days = [first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)]
    answers = api.together(**{str(day): _bookings_on(api, str(day)) for day in days[:MOST_DAYS]})
    rows = {row["booking_id"]: row for answer in answers.values() for row in or_none(answer) or []}  # each once
    within = {one["space_id"] for one in spaces if _is_of(one, closure["space_id"], spaces)}
    return venue_forms.with_names(
        [
            row
            for row in rows.values()
            if row.get("ended_reason") == CLOSED
            and row["space_id"] in within
            and moment(row["starts_at"]) < last
            and first < moment(row["ends_at"])
        ]
    )


def _is_of(space: Mapping[str, Any], closed_id: str | None, spaces: list[dict[str, Any]]) -> bool:
    """Tell whether closing a room closes another: the room itself, its parts, and what it is a part of."""
    parents = {one["space_id"]: one.get("parent_id") for one in spaces}
    return closed_id in (None, space["space_id"], parents.get(space["space_id"])) or (
        parents.get(closed_id) == space["space_id"]
    )


def _bookings_on(api: Any, day: str) -> Callable[[], Any]:
    return lambda: api.pages("venue", "/bookings", date=day, limit=200)


def _page(kept: Mapping[str, str], wrong: Mapping[str, str], problem: Problem | None) -> str:
    venue, spaces = community_rooms()
    listed = g.api.get("venue", "/closures", venue_id=venue_forms.venue_id(), limit=100)
    in_the_way = problem.body if problem is not None and problem.code in IN_THE_WAY else None
    made = next((one for one in listed["items"] if one["closure_id"] == request.args.get("closed")), None)
    return render_template(
        "desk/closures.html",
        venue=venue,
        spaces=spaces,
        closures=listed["items"],
        half_hours=venue_forms.HALF_HOURS,
        today_iso=layout.today().isoformat(),
        in_the_way=in_the_way,
        bookings_in_the_way=venue_forms.by_codes(in_the_way.get("codes", [])) if in_the_way else [],
        cancelled=_cancelled_by(made, spaces) if made else [],
        typed=kept,
        errors=wrong,
        can_manage=g.visitor.office == "community_secretary",
        done=request.args.get("done"),
    )


ROUTES = (
    Route("/closures", "closures", show),
    Route("/closures", "close_space", close, POST),
    Route("/closures/<uuid:closure_id>/end", "end_closure", end, POST),
)
