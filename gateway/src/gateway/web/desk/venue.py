# SPDX-License-Identifier: Apache-2.0
"""The teahouse's counter: a pick-up code leads to one booking and what may be done with it. Nobody is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, layout, reading
from gateway.web.board import or_none
from gateway.web.client import Problem
from gateway.web.desk import deposits
from gateway.web.desk.lanes import TAKES_ROOM, strip
from gateway.web.desk.today import of_week
from gateway.web.formats import time_range
from gateway.web.routes import POST, Route

PATHS = {
    "check-in": "check-in",
    "check-out": "check-out",
    "settlement": "settlement",
    "reversal": "settlement/reversal",
}


def check_in() -> Any:
    """Ask for a pick-up code and show its booking."""
    code = request.args.get("code", "").strip()
    return _desk(code, request.args.get("done"))


def act(booking_id: Any, act: str) -> Any:
    """Check in, check out, take the money or take it back; a refusal stands above the same booking."""
    if act not in PATHS:
        abort(404)
    code = forms.text("code", 20)
    try:
        path = f"/bookings/{booking_id}/{PATHS[act]}"
        g.api.send("venue", path, _body(act), key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        return _desk(code, None, errors.words(problem)), problem.status
    return redirect(url_for("desk.check_in", code=code, done=act), code=303)


def rooms_of_day() -> str:
    """Show a day's bookings by room and time: code, state and price, no person."""
    on = reading.day_or(request.args.get("date"), layout.today())
    api = g.api
    answers = api.together(
        bookings=lambda: api.pages("venue", "/bookings", date=on.isoformat(), limit=200),
        week=of_week(api, g.visitor.community, on),
    )
    bookings = answers["bookings"]
    if isinstance(bookings, Problem):
        raise bookings
    kept = [row for row in bookings if row["state"] in TAKES_ROOM]
    return render_template(
        "desk/day.html",
        on=on,
        bookings=sorted(bookings, key=lambda row: (row["starts_at"], row["space_name"])),
        strip=strip(or_none(answers["week"]), kept),
        earlier=on - timedelta(days=1),
        later=on + timedelta(days=1),
        can_check_in=g.visitor.office == "venue_operator",
    )


def _desk(code: str, done: str | None, refusal: dict[str, str] | None = None) -> str:
    wrong: dict[str, str] = {}
    found: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    if code and not 4 <= len(code) <= 20:
        wrong["code"] = _("取屋号是预订页上的那几位，再看一眼。")
    elif code:
        found = g.api.get("venue", "/bookings", pick_up_code=code)["items"]
        if not found:
            held = deposits.of_code(code)
            wrong["code"] = _ended_today(code) or _("没有这个取屋号的预订。请再对一遍；也可以看今天的场次。")
    return render_template(
        "desk/check_in.html",
        code=code,
        found=found,
        held=held,
        errors=wrong,
        done=done,
        refusal=refusal,
        names=_done_words(),
    )


def _ended_today(code: str) -> str | None:
    """Say what became of a booking of today whose code opens nothing any more: somebody may stand at the counter."""
    plain = code.upper().replace(" ", "").replace("-", "")
    today = g.api.pages("venue", "/bookings", date=layout.today().isoformat(), limit=200)
    one = next((row for row in today if row["pick_up_code"] == plain), None)
    if one is None:
        return None
    when, state = time_range(one["starts_at"], one["ends_at"]), layout.BOOKING_STATES[one["state"]]
    return _("%(room)s %(when)s：%(state)s。要用屋子，请重新订。", room=one["space_name"], when=when, state=state)


def _done_words() -> dict[str, str]:
    return {
        "check-in": _("已签到，请进。"),
        "check-out": _("已签退。"),
        "settlement": _("已收款，收据在下面。"),
        "reversal": _("已冲正，原收据作废；冲正的一笔也会公布。"),
    }


def _body(act: str) -> dict[str, Any]:
    if act == "settlement":
        return {"method": "cash", "amount_fen": forms.fen("amount") or 0}
    return {"reason_code": forms.text("reason_code", 20)} if act == "reversal" else {}


ROUTES = (
    Route("/check-in", "check_in", check_in),
    Route("/check-in/<uuid:booking_id>/<act>", "act_on_booking", act, POST),
    Route("/day", "rooms_of_day", rooms_of_day),
)
