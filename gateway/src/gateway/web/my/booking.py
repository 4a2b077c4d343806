# SPDX-License-Identifier: Apache-2.0
"""Book a room, keep one for some minutes, see one's bookings, take one back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, reading
from gateway.web.client import Problem
from gateway.web.formats import moment
from gateway.web.my import returns
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route

MOST_EQUIPMENT = 10


def book() -> Any:
    """Book, or keep the time for some minutes; a refusal names every rule and offers what is still free."""
    body = wish()
    if forms.text("hold", 3) == "yes":
        body["hold"] = True
    try:
        booking = g.api.send("venue", "/bookings", body, key=forms.key())
    except Problem as problem:
        if problem.status in (401, 403, 503):
            raise
        return refused(problem, body, url_for("my.book"), url_for("my.week", space=body["space_id"]))
    return redirect(url_for("my.booking", booking_id=booking["booking_id"], new=1), code=303)


def wish() -> dict[str, Any]:
    """Read what a form asks for, in the contract's words."""
    body: dict[str, Any] = {"space_id": forms.text("space_id", 36)}
    body |= {name: forms.text(name, 40) for name in ("starts_at", "ends_at")}
    if purpose := forms.text("purpose", 200):
        body["purpose"] = purpose
    if forms.text("split", 3) == "yes":
        body["split"] = True
    equipment = [
        {"equipment_id": name.removeprefix("equipment-"), "quantity": count}
        for name in request.form
        if name.startswith("equipment-") and (count := reading.number(forms.text(name, 4)))
    ]
    return {**body, "equipment": equipment[:MOST_EQUIPMENT]} if equipment else body


def refused(
    problem: Problem,
    body: dict[str, Any],
    action: str,
    again: str,
    behalf: dict[str, str] | None = None,
    frame: str = "my/layout.html",
) -> tuple[str, int]:
    """Show every rule that refuses a booking, and the ways out; for residents and for the counter."""
    checked = _checked({**body, "on_behalf_of": behalf} if behalf else body)
    failures = [one for one in checked.get("failures", []) if one["code"] != problem.code]
    venue, _spaces = community_rooms()
    page = render_template(
        "my/refused.html",
        words=errors.words(problem),
        failures=failures,
        asked=body,
        parts=(problem.body.get("parts") or []) if problem.code == "crosses_regime" and not failures else [],
        price=problem.body.get("price_fen"),
        alternatives=problem.body.get("alternatives") or checked.get("alternatives") or [],
        regimes=venue["regimes"] if venue else [],
        is_taken=problem.code == "slot_taken" and not behalf,
        action=action,
        again=again,
        behalf=behalf,
        behalf_layout=frame,
    )
    return page, problem.status


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    """Ask for every rule at once; what cannot be asked leaves the one that is known."""
    try:
        return g.api.send("venue", "/bookings/check", body)
    except Problem:
        return {}


def bookings() -> str:
    """List one's own bookings: what is to come first, dates of a series together, then what is over."""
    time = "past" if request.args.get("time") == "past" else "coming"
    coming = past = {"items": [], "next_cursor": None}
    if time == "coming":
        coming = g.api.get("venue", "/my/bookings", time="coming", cursor=request.args.get("cursor"), limit=50)
    if time == "past" or not request.args.get("cursor"):
        cursor = request.args.get("cursor") if time == "past" else None
        past = g.api.get("venue", "/my/bookings", time="past", cursor=cursor, limit=20)
    return render_template("my/bookings.html", coming=coming, groups=grouped(coming["items"]), past=past)


def grouped(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put the dates of one series behind its next date; every other booking stands alone."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row.get("series_id") or row["booking_id"], []).append(row)
    return list(groups.values())


def booking(booking_id: Any) -> str:
    """Show one booking with its pick-up code, receipt and way out."""
    row = g.api.get("venue", f"/bookings/{booking_id}")
    # A page kept by the browser sends the key of a booking that is over: the answer is that booking, not a new one.
    is_old = "new" in request.args and row["state"] in ("cancelled", "declined", "lapsed", "no_show")
    return render_template("my/booking.html", **facts(row), refusal=_not_again() if is_old else None)


def _not_again() -> dict[str, str]:
    return {
        "title": _("没有订新的"),
        "detail": _("退回去的那一页已经用过了，下面是那一次的预订。要再订，请重新选时间。"),
    }


def facts(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a booking's page tells besides the booking: minutes left, whether taking it back is late."""
    now = g.clock.now()
    venue, _spaces = community_rooms()
    return {
        "booking": row,
        "is_new": "new" in request.args,
        "is_moved": "moved" in request.args,
        "minutes_left": minutes_until(row.get("held_until"), now),
        "is_late": bool(row.get("late_cancel_from")) and moment(row["late_cancel_from"]) <= now,
        "regimes": venue["regimes"] if venue else [],
        "telephone": venue.get("telephone") if venue else None,
        "terms": venue.get("terms") if venue else None,
        "returns": returns.of_booking(row),
        "ended_why": returns.why_ended(row),
    }


def minutes_until(at: str | None, now: datetime) -> int | None:
    """Return the whole minutes left, rounded up; 0 when the time is over."""
    if not at:
        return None
    return max(0, -int((now - moment(at)).total_seconds() // 60))


def confirm(booking_id: Any) -> Any:
    """Turn what is kept into a booking. Too late is said on its page, with the way to choose anew."""
    try:
        g.api.send("venue", f"/bookings/{booking_id}/confirmation", key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (409, 412):
            raise
        row = g.api.get("venue", f"/bookings/{booking_id}")
        return render_template("my/booking.html", **facts(row), refusal=errors.words(problem)), problem.status
    return redirect(url_for("my.booking", booking_id=booking_id, new=1), code=303)


def cancel(booking_id: Any) -> Any:
    """Cancel, and show the booking as it is then."""
    g.api.send("venue", f"/bookings/{booking_id}/cancellation", key=forms.key(), version=forms.version())
    return redirect(url_for("my.booking", booking_id=booking_id), code=303)


ROUTES = (
    Route("/bookings", "bookings", bookings),
    Route("/bookings", "book", book, POST),
    Route("/bookings/<uuid:booking_id>", "booking", booking),
    Route("/bookings/<uuid:booking_id>/cancellation", "cancel", cancel, POST),
    Route("/bookings/<uuid:booking_id>/confirmation", "confirm", confirm, POST),
)
