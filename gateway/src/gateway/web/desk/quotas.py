# SPDX-License-Identifier: Apache-2.0
"""How often and how long one may book: limits of a person, a household, a group or the community, by period."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web import forms, layout, reading
from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route

SUBJECTS = {
    "person": lazy_gettext("每个人"),
    "household": lazy_gettext("每一户"),
    "group": lazy_gettext("每个小组"),
    "community": lazy_gettext("全社区合起来"),
}
PERIODS = {
    "day": lazy_gettext("一天里"),
    "week": lazy_gettext("一周里"),
    "month": lazy_gettext("一个月里"),
    "year": lazy_gettext("一年里"),
}


def show() -> str:
    """List the limits and offer to set another."""
    return _page({}, {})


def add() -> Any:
    """Set a limit; what was typed is kept when it is refused."""
    typed = {
        name: forms.text(name, 12) for name in ("subject", "period", "count", "hours", "valid_from", "valid_until")
    }
    typed["regime"] = forms.text("regime", 40)
    venue = _venue()
    body, wrong = _wanted(typed)
    status = 422
    if not wrong:
        try:
            g.api.send("venue", f"/venues/{venue['venue_id']}/quotas", body, key=forms.key())
            return redirect(url_for("desk.quotas", done="set"), code=303)
        except Problem as problem:
            wrong, status = form_errors(problem), problem.status
    return _page(typed, wrong), status


def end(quota_id: Any) -> Any:
    """End a limit from today on; bookings that are there keep their place."""
    g.api.send("venue", f"/quotas/{quota_id}/end", {}, key=forms.key(), version=forms.version())
    return redirect(url_for("desk.quotas", done="ended"), code=303)


def _wanted(typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Build the contract's body, or say which field is wrong."""
    body: dict[str, Any] = {name: typed[name] for name in ("subject", "period")}
    body |= {name: typed[name] for name in ("regime", "valid_from", "valid_until") if typed[name]}
    wrong: dict[str, str] = {}
    for name, field, factor in (("count", "count_limit", 1), ("hours", "minutes_limit", 60)):
        if found := reading.number(typed[name]):
            body[field] = found * factor
        elif typed[name]:
            wrong[name] = _("请写一个整数。")
    if not wrong and not {"count_limit", "minutes_limit"} & set(body):
        wrong["count"] = _("次数和小时数至少写一样。")
    return body, wrong


def _venue() -> dict[str, Any]:
    venue, _spaces = venue_and_rooms()
    return venue


def _page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    venue = _venue()
    rows = g.api.get("venue", f"/venues/{venue['venue_id']}/quotas")["items"]
    today = layout.today().isoformat()
    return render_template(
        "desk/quotas.html",
        venue=venue,
        current=[row for row in rows if not row["valid_until"] or row["valid_until"] > today],
        regimes={one["code"]: one["name"] for one in venue["regimes"]},
        subjects=list(SUBJECTS.items()),
        periods=list(PERIODS.items()),
        subject_words=SUBJECTS,
        period_words=PERIODS,
        typed=typed,
        errors=wrong,
        done=request.args.get("done"),
    )


ROUTES = (
    Route("/quotas", "quotas", show),
    Route("/quotas", "set_quota", add, POST),
    Route("/quotas/<uuid:quota_id>/end", "end_quota", end, POST),
)
