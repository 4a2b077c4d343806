# SPDX-License-Identifier: Apache-2.0
"""Appeals against marks, and who may come late. Seen by the counter alone; no list says who is worst."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route

DECISIONS = ("decision", "excuse")
USUAL_LENGTH = timedelta(days=365)


def appeals() -> str:
    """Show open appeals first, then marks that may be excused without one."""
    return _appeals({})


def decide(mark_id: Any, act: str) -> Any:
    """Decide an appeal, or excuse a mark; the person will read the reason."""
    if act not in DECISIONS:
        abort(404)
    body = {"reason": forms.text("reason", 500)}
    if act == "decision":
        body["outcome"] = forms.text("outcome", 10)
    try:
        g.api.send("venue", f"/marks/{mark_id}/{act}", body, key=forms.key(), version=forms.version())
    except Problem as problem:
        return _appeals(form_errors(problem)), problem.status
    return redirect(url_for("desk.appeals", done=1), code=303)


def exemptions() -> str:
    """Show who may come late, and find whom to add."""
    return _exemptions({})


def grant() -> Any:
    """Put somebody on the list."""
    body = {name: forms.text(name, 200) for name in ("person_id", "reason", "until_on")}
    try:
        g.api.send("venue", "/exemptions", body, key=forms.key())
    except Problem as problem:
        return _exemptions(form_errors(problem), body["person_id"]), problem.status
    return redirect(url_for("desk.exemptions"), code=303)


def end(exemption_id: Any) -> Any:
    """Take somebody off the list."""
    g.api.send("venue", f"/exemptions/{exemption_id}/end", key=forms.key(), version=forms.version())
    return redirect(url_for("desk.exemptions"), code=303)


def _appeals(wrong: dict[str, str]) -> str:
    api = g.api
    answers = api.together(
        appealed=lambda: api.pages("venue", "/marks", state="appealed", limit=100),
        standing=lambda: api.get("venue", "/marks", state="standing", limit=50),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    standing = answers["standing"]["items"]
    names = people.names(api, {row["person_id"] for row in [*answers["appealed"], *standing]})
    return render_template(
        "desk/appeals.html",
        appealed=answers["appealed"],
        standing=standing,
        names=names,
        errors=wrong,
        is_done="done" in request.args,
    )


def _exemptions(wrong: dict[str, str], person_id: str = "") -> str:
    person_id = person_id or request.args.get("person", "")
    wanted = request.args.get("q", "").strip()[:30]
    rows = g.api.pages("venue", "/exemptions", limit=200)
    current = [row for row in rows if row["ended_at"] is None]
    return render_template(
        "desk/exemptions.html",
        current=current,
        names=people.names(g.api, {row["person_id"] for row in current}),
        wanted=wanted,
        persons=g.api.get("identity", "/persons", q=wanted, limit=30)["items"] if wanted else [],
        chosen=people.found(g.api, person_id) if person_id else None,
        usual_until=(layout.today() + USUAL_LENGTH).isoformat(),
        typed=request.form,
        errors=wrong,
    )


ROUTES = (
    Route("/appeals", "appeals", appeals),
    Route("/appeals/<uuid:mark_id>/<act>", "decide_appeal", decide, POST),
    Route("/exemptions", "exemptions", exemptions),
    Route("/exemptions", "grant_exemption", grant, POST),
    Route("/exemptions/<uuid:exemption_id>/end", "end_exemption", end, POST),
)
