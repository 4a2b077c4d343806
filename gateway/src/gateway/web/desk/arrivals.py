# SPDX-License-Identifier: Apache-2.0
"""Check in from the day's list, or without a network: what the device noted is sent when it is back."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import assets, errors, forms, layout, reading, weeks
from gateway.web.client import Problem
from gateway.web.routes import POST, Route

MOST = 100
CODE = re.compile(r"[0-9A-Za-z -]{4,20}")


def day_list() -> str:
    """Show today's bookings with a box to tick for each that can be checked in."""
    return _list([])


def tick() -> Any:
    """Check in whoever was ticked; what was refused is said beside it."""
    ticked = [one.partition("/") for one in request.form.getlist("ticked")][:MOST]
    if not ticked:
        return redirect(url_for("desk.day_list"), code=303)
    bookings = [{"booking_id": one, "version": reading.number(version)} for one, _slash, version in ticked]
    if not all(reading.is_id(one["booking_id"]) and one["version"] for one in bookings):
        abort(400)
    results = g.api.send("venue", "/check-ins", {"bookings": bookings}, key=forms.key())["items"]
    return _list(results)


def offline() -> Response:
    """Show the page to keep open where the network fails."""
    return _offline([], None)


def send() -> Any:
    """Send what was noted: the script's notes, or one typed by hand where there is no script."""
    notes, wrong = (_noted(), {}) if request.form.get("notes") else _typed()
    if wrong:
        answer = _offline([], None, wrong)
        answer.status_code = 422
        return answer
    if not notes:
        return redirect(url_for("desk.offline_check_ins"), code=303)
    body = {"device": forms.text("device", 60) or "-", "notes": notes}
    try:
        results = g.api.send("venue", "/check-ins/offline", body, key=forms.key())["items"]
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        answer = _offline([], errors.words(problem))
        answer.status_code = problem.status
        return answer
    codes = {one["nonce"]: one.get("pick_up_code", "") for one in notes}
    return _offline([{**one, "pick_up_code": codes.get(one["nonce"], "")} for one in results], None)


def _noted() -> list[dict[str, Any]]:
    """Read the script's notes, keeping nothing but the contract's own fields."""
    try:
        rows = json.loads(forms.text("notes", 40_000))
        wanted = ("nonce", "happened_at", "pick_up_code")
        return [{name: str(row[name])[:40] for name in wanted} for row in rows][:MOST]
    except (ValueError, KeyError, TypeError, RecursionError):
        abort(400)


def _typed() -> tuple[list[dict[str, Any]], dict[str, str]]:
    code, nonce = forms.text("code", 20), forms.text("nonce", 36)
    at = weeks.local(layout.today(), forms.text("at", 5))
    wrong = {} if CODE.fullmatch(code) else {"code": _("取屋号是预订页上的那几位，再看一眼。")}
    if at is None:
        wrong["at"] = _("请写几点几分，比如 18:30。")
    if wrong or at is None:
        return [], wrong
    return [{"nonce": nonce, "happened_at": at.isoformat(), "pick_up_code": code}], {}


def _list(results: list[dict[str, Any]]) -> str:
    on = layout.today()
    rows = g.api.pages("venue", "/bookings", date=on.isoformat(), limit=200)
    rows.sort(key=lambda row: (row["starts_at"], row["space_name"]))
    now = g.clock.now()
    return render_template(
        "desk/arrivals.html",
        on=on,
        expected=[row for row in rows if row["state"] == "confirmed" and _is_open(row, now)],
        later=[row for row in rows if row["state"] == "confirmed" and not _is_open(row, now)],
        there=[row for row in rows if row["state"] in ("checked_in", "checked_out")],
        missed=[row for row in rows if row["state"] == "no_show"],
        refused={one["booking_id"]: one["code"] for one in results if one["outcome"] == "refused"},
        accepted=sum(one["outcome"] == "accepted" for one in results),
    )


def _is_open(row: dict[str, Any], now: datetime) -> bool:
    """Tell whether the time to check in has come: half an hour before the start until the end."""
    starts_at, ends_at = (datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at"))
    return starts_at - timedelta(minutes=30) <= now < ends_at


def _offline(
    results: list[dict[str, Any]], refusal: dict[str, str] | None, wrong: dict[str, str] | None = None
) -> Response:
    text = render_template(
        "desk/offline.html",
        results=results,
        refusal=refusal,
        errors=wrong or {},
        typed=request.form if wrong else {},
        nonce=forms.new_key(),
        script=assets.OFFLINE_ADDRESS,
    )
    answer = make_response(text)
    answer.headers["Content-Security-Policy"] = assets.SCRIPT_POLICY
    return answer


ROUTES = (
    Route("/check-in/list", "day_list", day_list),
    Route("/check-in/list", "tick", tick, POST),
    Route("/check-in/offline", "offline_check_ins", offline),
    Route("/check-in/offline", "send_check_ins", send, POST),
)
