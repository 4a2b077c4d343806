# SPDX-License-Identifier: Apache-2.0
"""Wait for a room that is taken; answer the offer when one comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, labels, reading, weeks
from gateway.web.client import Problem
from gateway.web.formats import SHANGHAI, moment
from gateway.web.layout import today
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route

LENGTHS = (30, 60, 90, 120, 150, 180, 240)
OPEN = ("offered", "waiting")
# Instants of the contract, as this form asks for them.
INPUTS = {"starts_at": "from", "ends_at": "until"}


def entries() -> str:
    """List what the resident waits for: an open offer first, with the minutes left to answer it."""
    answer = g.api.get("venue", "/my/waiting-entries", cursor=request.args.get("cursor"), limit=50)
    rows = answer["items"]
    return render_template(
        "my/waiting.html",
        offered=[row for row in rows if row["state"] == "offered"],
        waiting=[row for row in rows if row["state"] == "waiting"],
        past=[row for row in rows if row["state"] not in OPEN],
        minutes_left=minutes_left,
        next_cursor=answer["next_cursor"],
        is_new="new" in request.args,
    )


def new() -> str:
    """Ask how long one wants the room, and between when and when."""
    return form(asked_of(request.args), {})


def join() -> Any:
    """Join the list; where the time is free after all, offer it to be booked."""
    asked = asked_of(request.form)
    body, wrong = body_of(asked)
    if wrong:
        return form(asked, wrong), 422
    try:
        g.api.send("venue", "/waiting-entries", body, key=forms.key())
    except Problem as problem:
        return refused(problem, asked, url_for("my.book"))
    return redirect(url_for("my.waiting", new=1), code=303)


def leave(entry_id: Any) -> Any:
    """Wait no more."""
    g.api.send("venue", f"/waiting-entries/{entry_id}/departure", key=forms.key(), version=forms.version())
    return redirect(url_for("my.waiting"), code=303)


def form(asked: dict[str, str], wrong: dict[str, str], **more: Any) -> str:
    """Show the form with what is known of the wish; for residents and for the counter."""
    _venue, spaces = venue_and_rooms()
    rooms = [(one["space_id"], one["name"]) for one in spaces]
    facts = {"asked": asked, "spaces": rooms, "lengths": LENGTHS, "errors": wrong, "action": url_for("my.join_waiting")}
    return render_template("my/wait.html", **(facts | more))


def refused(
    problem: Problem, asked: dict[str, str], book: str, behalf: dict[str, Any] | None = None, **more: Any
) -> tuple[str, int]:
    """Say why there is no waiting, above what was asked; what is free can be booked from here."""
    if problem.status not in (400, 409, 422):
        raise problem
    words = errors.words(problem)
    told = " ".join(part for part in (words["detail"] or words["title"], words["way"]) if part)
    wrong = labels.wrong(problem, INPUTS) or {"_form": told}
    free = problem.body.get("alternatives") or []
    return form(asked, wrong, free=free, book=book, behalf=behalf, **more), problem.status


def minutes_left(at: str) -> int:
    """Return how many whole minutes are left until an instant, none below zero."""
    return max(0, int((moment(at) - g.clock.now()).total_seconds() // 60))


def body_of(asked: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Write a wish as the contract wants it, or say which field is none."""
    on, minutes = reading.day(asked["on"]), reading.number(asked["minutes"])
    first, last = (weeks.local(on or today(), asked[name]) for name in ("from", "until"))
    if on and first and last and minutes:
        last += timedelta(days=1) if last <= first else timedelta(0)  # an end before its start is the next morning's
        times = {"starts_at": first.isoformat(), "ends_at": last.isoformat(), "minutes": minutes}
        return {"space_id": asked["space_id"], **times}, {}
    wrong = {} if on else {"on": _("没有这一天，请再写一次。")}
    wrong |= {name: _("请写几点几分，比如 18:30。") for name, at in (("from", first), ("until", last)) if at is None}
    return {}, wrong if minutes else wrong | {"minutes": _("请选要用多久。")}


def asked_of(fields: Any) -> dict[str, str]:
    """Read day and hours as typed, or from the instants of the booking that was refused."""
    asked = {name: fields.get(name, "").strip()[:40] for name in ("space_id", "on", "from", "until", "minutes")}
    starts_at, ends_at = fields.get("starts_at", ""), fields.get("ends_at", "")
    if starts_at and ends_at and not asked["on"]:
        first, last = _instant(starts_at), _instant(ends_at)
        length = int((last - first).total_seconds() // 60)
        asked |= {"on": first.date().isoformat(), "from": f"{first:%H:%M}", "minutes": str(length)}
        asked["until"] = f"{last:%H:%M}"
    usual = {"on": today().isoformat(), "from": "18:00", "until": "22:00", "minutes": "60"}
    return asked | {name: asked[name] or known for name, known in usual.items()}


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        abort(404)


ROUTES = (
    Route("/waiting", "waiting", entries),
    Route("/waiting", "join_waiting", join, POST),
    Route("/waiting/new", "wait", new),
    Route("/waiting/<uuid:entry_id>/departure", "leave_waiting", leave, POST),
)
