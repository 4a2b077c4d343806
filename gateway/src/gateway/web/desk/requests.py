# SPDX-License-Identifier: Apache-2.0
"""Requests for rooms that are given by approval: of competing ones, the first approved has the room."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import errors, forms
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.routes import POST, Route

ACTS = ("approval", "decline")


def inbox() -> str:
    """List what waits for a decision, earliest start first."""
    return _page()


def decide(booking_id: Any, decision: str) -> Any:
    """Approve or decline; a refusal stands above the list, which shows how things are now."""
    if decision not in ACTS:
        abort(404)
    body = {"reason": forms.text("reason", 200)} if decision == "decline" else {}
    path = f"/bookings/{booking_id}/{decision}"
    try:
        booking = g.api.send("venue", path, body, key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        return _page(problem, str(booking_id)), problem.status
    return redirect(url_for("desk.requests", done=booking["state"], code=booking["pick_up_code"]), code=303)


def _page(refusal: Problem | None = None, refused_id: str = "") -> str:
    answer = g.api.get("venue", "/booking-requests", cursor=request.args.get("cursor"), limit=50)
    rows = answer["items"]
    return render_template(
        "desk/requests.html",
        requests=rows,
        names=people.names(g.api, {row["person_id"] for row in rows}),
        next_cursor=answer["next_cursor"],
        refusal=errors.words(refusal) if refusal else None,
        refused_id=refused_id,
        typed=request.form,
        alternatives=(refusal.body.get("alternatives") or []) if refusal else [],
        done=request.args.get("done"),
        code=request.args.get("code", "")[:12],
    )


ROUTES = (
    Route("/requests", "requests", inbox),
    Route("/requests/<uuid:booking_id>/<decision>", "decide_request", decide, POST),
)
