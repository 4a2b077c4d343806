# SPDX-License-Identifier: Apache-2.0
"""Book a room, see one's bookings, cancel one."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import errors, forms
from gateway.web.client import Problem


def book() -> Any:
    """Book; a refusal names the rule and offers what is still free, each with one click."""
    body: dict[str, Any] = {"space_id": forms.text("space_id", 36)}
    body |= {name: forms.text(name, 40) for name in ("starts_at", "ends_at")}
    if purpose := forms.text("purpose", 200):
        body["purpose"] = purpose
    try:
        booking = g.api.send("venue", "/bookings", body, key=forms.key())
    except Problem as problem:
        if problem.status in (401, 403, 503):
            raise
        return refused(problem, body, url_for("my.book"), url_for("my.week", space=body["space_id"]))
    return redirect(url_for("my.booking", booking_id=booking["booking_id"], new=1), code=303)


def refused(
    problem: Problem,
    body: dict[str, Any],
    action: str,
    again: str,
    behalf: dict[str, str] | None = None,
    frame: str = "my/layout.html",
) -> tuple[str, int]:
    """Show why a booking was refused; for residents and for the counter."""
    page = render_template(
        "my/refused.html",
        words=errors.words(problem),
        asked=body,
        alternatives=problem.body.get("alternatives") or [],
        action=action,
        again=again,
        behalf=behalf,
        behalf_layout=frame,
    )
    return page, problem.status


def bookings() -> str:
    """List one's own bookings, latest first."""
    answer = g.api.get("venue", "/my/bookings", cursor=request.args.get("cursor"), limit=20)
    return render_template("my/bookings.html", bookings=answer["items"], next_cursor=answer["next_cursor"])


def booking(booking_id: Any) -> str:
    """Show one booking with its pick-up code, receipt and way out."""
    row = g.api.get("venue", f"/bookings/{booking_id}")
    return render_template("my/booking.html", booking=row, is_new="new" in request.args)


def cancel(booking_id: Any) -> Any:
    """Cancel, and show the booking as it is then."""
    g.api.send("venue", f"/bookings/{booking_id}/cancellation", key=forms.key(), version=forms.version())
    return redirect(url_for("my.booking", booking_id=booking_id), code=303)
