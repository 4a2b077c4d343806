# SPDX-License-Identifier: Apache-2.0
"""Close a room or the whole teahouse for a time; who has booked is named by code before anything is cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from gateway.web import forms, layout, reading, weeks
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route

IN_THE_WAY = "bookings_in_the_way"


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
    return change(_page, "desk.closures", "/closures", body, versioned=False)


def end(closure_id: Any) -> Any:
    """Open again before the time."""
    return change(_page, "desk.closures", f"/closures/{closure_id}/end", {})


def _moment(day: str, time: str) -> datetime | None:
    on = reading.day(day)
    return weeks.local(on, time) if on else None


def _page(kept: Mapping[str, str], wrong: Mapping[str, str], problem: Problem | None) -> str:
    venue, spaces = community_rooms()
    listed = g.api.get("venue", "/closures", venue_id=venue_forms.venue_id(), limit=100)
    in_the_way = problem.body if problem is not None and problem.code == IN_THE_WAY else None
    return render_template(
        "desk/closures.html",
        venue=venue,
        spaces=spaces,
        closures=listed["items"],
        half_hours=venue_forms.HALF_HOURS,
        today_iso=layout.today().isoformat(),
        in_the_way=in_the_way,
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
