# SPDX-License-Identifier: Apache-2.0
"""The operator's day in figures, the cash that was counted, and the money of one booking."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web import errors, forms, layout, reading
from gateway.web.client import Problem
from gateway.web.my.payments import REASONS, STATES
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route

ROWS = (
    ("settled", lazy_gettext("收款"), 1),
    ("reversed", lazy_gettext("冲正"), -1),
    ("refunded", lazy_gettext("退款"), -1),
    ("deposits_taken", lazy_gettext("收押金"), 1),
    ("deposits_refunded", lazy_gettext("退押金"), -1),
    ("deposits_kept", lazy_gettext("扣留押金（已在手里）"), 0),
)
DIFFERENCES = {
    "not_in_ledger": lazy_gettext("账本里没有"),
    "amount_differs": lazy_gettext("账本里金额不同"),
    "posted_twice": lazy_gettext("账本里记了两次"),
    "not_in_venue": lazy_gettext("账本里有，这边没有"),
}
# What an entry of the books came from.
SOURCES = {
    "settlement": lazy_gettext("收款"),
    "reversal": lazy_gettext("冲正"),
    "refund": lazy_gettext("退款"),
    "deposit": lazy_gettext("收押金"),
    "deposit_refund": lazy_gettext("退押金"),
    "deposit_kept": lazy_gettext("扣留押金"),
    "day": lazy_gettext("关账那天的合计"),
}
ACTS = {
    "deposit": "deposit",
    "deposit-refund": "deposit/refund",
    "deposit-keeping": "deposit/keeping",
    "refund": "settlement/refund",
}


def day_end() -> Any:
    """Show a day: what moved, what must be in the drawer, what the ledger says otherwise."""
    return _day(reading.day_or(request.args.get("day"), layout.today()))


def close() -> Any:
    """Close the day with the counted cash; a refusal stands above what was typed."""
    on, venue_id = reading.day_or(forms.text("day", 10), layout.today()), _venue_id()
    counted, note = forms.fen("counted"), forms.text("note", 300)
    if counted is None:
        return _day(on, {"counted": _("写数到的现金，例如 120.00；没有就写 0。")}), 422
    body: dict[str, Any] = {"counted_cash_fen": counted} | ({"note": note} if note else {})
    if forms.text("confirm", 3) == "yes":
        body["confirm"] = True
    try:
        g.api.send("venue", f"/venues/{venue_id}/days/{on}/closing", body, key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        field = {"difference_unexplained": "note", "still_open": "confirm"}.get(problem.code, "_")
        return _day(on, {field: problem.detail or errors.words(problem)["title"]}), problem.status
    return redirect(url_for("desk.day_end", day=on.isoformat(), done=1), code=303)


def money(booking_id: Any, refusal: dict[str, str] | None = None) -> str:
    """Show the money of one booking with what the operator may do about its deposit."""
    booking = g.api.get("venue", f"/bookings/{booking_id}")
    told = g.api.get("venue", f"/bookings/{booking_id}/money")
    done = {
        "deposit": _("押金收好了。"),
        "deposit-refund": _("押金退了。"),
        "deposit-keeping": _("押金扣下了。"),
        "refund": _("退款记下了。"),
    }
    return render_template(
        "desk/money.html",
        booking=booking,
        money=told,
        refusal=refusal,
        reasons=REASONS,
        payment_states=STATES,
        done=done.get(request.args.get("done", "")),
    )


def act(booking_id: Any, act: str) -> Any:
    """Take the deposit, give it back or keep it; give back what was paid."""
    if act not in ACTS:
        abort(404)
    body: dict[str, Any] = {}
    if act == "deposit":
        body = {"amount_fen": forms.fen("amount") or 0}
    elif act == "deposit-keeping":
        body = {"reason_code": forms.text("reason_code", 20)}
    try:
        path = f"/bookings/{booking_id}/{ACTS[act]}"
        g.api.send("venue", path, body, key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        return money(booking_id, errors.words(problem)), problem.status
    return redirect(url_for("desk.booking_money", booking_id=booking_id, done=act), code=303)


def _day(on: date, wrong: dict[str, str] | None = None) -> str:
    venue_id = _venue_id()
    told = g.api.get("venue", f"/venues/{venue_id}/days/{on}")
    closed = g.api.get("venue", f"/venues/{venue_id}/days")["items"]
    totals = told["totals"]
    rows = [
        {
            "words": words,
            "cash": totals[f"{name}_cash_fen"] * (sign or 1),
            "online": totals[f"{name}_online_fen"] * (sign or 1),
            "count": totals[f"{name}_cash_count"] + totals[f"{name}_online_count"],
        }
        for name, words, sign in ROWS
    ]
    return render_template(
        "desk/day_end.html",
        on=on,
        told=told,
        rows=[row for row in rows if row["count"]],
        closed=closed[:14],
        errors=wrong or {},
        typed=request.form,
        difference_words=DIFFERENCES,
        sources=SOURCES,
        can_close=g.visitor.office == "venue_operator" and on <= layout.today(),
        is_done="done" in request.args,
        unclosed=_unclosed(closed, on),
        earlier=on - timedelta(days=1),
        later=on + timedelta(days=1) if on < layout.today() else None,
    )


def _unclosed(closed: list[dict[str, Any]], on: date) -> date | None:
    """Return the day after the last that was closed, where it is over and is not the one on show."""
    last = max((date.fromisoformat(one["day"]) for one in closed), default=None)
    following = last + timedelta(days=1) if last else None
    return following if following and following < layout.today() and following != on else None


def _venue_id() -> str:
    venue, _spaces = venue_and_rooms()
    return str(venue["venue_id"])


ROUTES = (
    Route("/day-end", "day_end", day_end),
    Route("/day-end", "close_day", close, POST),
    Route("/money/<uuid:booking_id>", "booking_money", money),
    Route("/money/<uuid:booking_id>/<act>", "act_on_money", act, POST),
)
