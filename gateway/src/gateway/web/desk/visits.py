# SPDX-License-Identifier: Apache-2.0
"""Record a visit: estate, building, household, person, a note, and at most one need. Nothing known is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.formats import SHANGHAI
from gateway.web.my.needs import categories, form_errors
from gateway.web.routes import POST, Route

STEPS = ("estate", "building", "household")


def new() -> str:
    """Lead to the resident step by step, then show the form."""
    if person_id := request.args.get("person"):
        return _form(people.found(g.api, person_id), _fresh(), {})
    wanted = request.args.get("q", "").strip()[:30]
    chosen = {step: request.args.get(step, "") for step in STEPS}
    deepest = next((step for step in reversed(STEPS) if chosen[step]), None)
    persons, places = [], []
    if wanted:
        persons = g.api.get("identity", "/persons", q=wanted, limit=30)["items"]
    elif deepest == "household":
        persons = g.api.pages("identity", "/persons", household=chosen["household"], limit=200)
    else:
        kind = STEPS[STEPS.index(deepest) + 1] if deepest else STEPS[0]
        parent = chosen[deepest] if deepest else None
        places = g.api.pages("identity", "/places", parent=parent, kind=kind, limit=200)
    return render_template(
        "desk/visit_where.html", wanted=wanted, chosen=chosen, deepest=deepest, places=places, persons=persons
    )


def record() -> Any:
    """Record the visit and its need in one act."""
    names = ("person_id", "household_id", "visited_on", "visited_time", "note", "title", "category", "detail")
    typed = {name: forms.text(name) for name in names}
    visited_at = _instant(typed)
    if visited_at is None:
        resident = people.found(g.api, typed["person_id"])
        return _form(resident, typed, {"visited_on": _("请写清楚哪天、几点。")}), 422
    body: dict[str, Any] = {name: typed[name] for name in ("person_id", "household_id", "note")}
    body["visited_at"] = visited_at
    if typed["title"]:
        body["need"] = {name: typed[name] for name in ("title", "category", "detail") if typed[name]}
    try:
        recorded = g.api.send("engagement", "/visits", body, key=forms.key())
    except Problem as problem:
        wrong = form_errors(problem)
        return _form(people.found(g.api, typed["person_id"]), typed, wrong), problem.status
    raised = recorded.get("need") or {}
    return redirect(url_for("desk.visit_done", need=raised.get("need_id")), code=303)


def done() -> str:
    """Say that the visit is recorded, with the need that came of it."""
    need_id = request.args.get("need", type=UUID)
    need = g.api.get("engagement", f"/needs/{need_id}") if need_id else None
    return render_template("desk/visit_done.html", need=need, again=url_for("desk.new_visit"))


def _form(resident: dict[str, Any], typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desk/visit_form.html", resident=resident, typed=typed, errors=errors, categories=categories()
    )


def _fresh() -> dict[str, str]:
    now = g.clock.now().astimezone(SHANGHAI)
    return {"visited_on": layout.today().isoformat(), "visited_time": f"{now:%H:%M}"}


def _instant(typed: dict[str, str]) -> str | None:
    try:
        at = datetime.fromisoformat(f"{typed['visited_on']}T{typed['visited_time']}")
    except ValueError:
        return None
    return at.replace(tzinfo=SHANGHAI).isoformat()


ROUTES = (
    Route("/visits/new", "new_visit", new),
    Route("/visits", "record_visit", record, POST),
    Route("/visits/done", "visit_done", done),
)
