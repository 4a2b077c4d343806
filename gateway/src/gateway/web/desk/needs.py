# SPDX-License-Identifier: Apache-2.0
"""The community's needs: who takes them, with which promise, and what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.counts import STATES
from gateway.web.desk import people
from gateway.web.my.needs import categories, form_errors
from gateway.web.routes import POST, Route

# The form's act -> its fields in the contract, and whether the version seen matters.
ACTS = {
    "assignment": (("assignee", "due_on", "note"), True),
    "resolution": (("note",), True),
    "reopening": (("reason",), True),
    "remarks": (("text",), False),
}
# Seven days is the general limit of the city's hotline; the worker may promise another day.
USUAL_DAYS = 7


def inbox() -> str:
    """List needs with filters, latest first, by page."""
    chosen = {name: request.args.get(name, "").strip() for name in ("state", "category", "q", "overdue", "cursor")}
    if chosen["state"] not in STATES:
        chosen["state"] = ""
    answer = g.api.get("engagement", "/needs", limit=50, **chosen)
    names = people.names(g.api, {row["person_id"] for row in answer["items"]})
    return render_template(
        "desk/needs.html",
        needs=answer["items"],
        next_cursor=answer["next_cursor"],
        chosen=chosen,
        names=names,
        states=list(STATES.items()),
        categories=categories(),
    )


def need(need_id: Any) -> str:
    """Show a need with whom it concerns and what may be done now."""
    return _page(g.api.get("engagement", f"/needs/{need_id}"), {}, {})


def act(need_id: Any, act: str) -> Any:
    """Assign, resolve, reopen or remark; what was typed is kept when it is refused."""
    if act not in ACTS:
        abort(404)
    fields, is_versioned = ACTS[act]
    typed = {name: forms.text(name, 1000) for name in fields}
    path = f"/needs/{need_id}"
    try:
        body = {name: value for name, value in typed.items() if value}
        version = forms.version() if is_versioned else None
        g.api.send("engagement", f"{path}/{act}", body, key=forms.key(), version=version)
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        return _page(g.api.get("engagement", path), typed, form_errors(problem)), problem.status
    return redirect(url_for("desk.need", need_id=need_id), code=303)


def new() -> str:
    """Show the form for a need heard at the counter or by telephone, for a resident already found."""
    resident = people.found(g.api, request.args.get("person", ""))
    return _new_page(resident, {}, {})


def raise_need() -> Any:
    """Raise a need on a resident's behalf; the reason is logged and told to the resident."""
    names = ("person_id", "title", "category", "detail", "reason", "channel")
    typed = {name: forms.text(name) for name in names}
    body: dict[str, Any] = {name: typed[name] for name in ("title", "category", "detail") if typed[name]}
    body["on_behalf_of"] = {name: typed[name] for name in ("person_id", "reason", "channel")}
    try:
        raised = g.api.send("engagement", "/needs", body, key=forms.key())
    except Problem as problem:
        return _new_page(people.found(g.api, typed["person_id"]), typed, form_errors(problem)), problem.status
    return redirect(url_for("desk.need", need_id=raised["need_id"]), code=303)


def _page(row: dict[str, Any], typed: dict[str, str], errors: dict[str, str]) -> str:
    resident = next(iter(_named(row["person_id"])), None)
    usual = (layout.today() + timedelta(days=USUAL_DAYS)).isoformat()
    return render_template("desk/need.html", need=row, resident=resident, typed=typed, errors=errors, usual_due=usual)


def _named(person_id: str) -> list[dict[str, Any]]:
    try:
        return people.named(g.api, [person_id])
    except Problem:
        return []


def _new_page(resident: dict[str, Any], typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("desk/need_new.html", resident=resident, typed=typed, errors=errors, categories=categories())


ROUTES = (
    Route("/needs", "needs", inbox),
    Route("/needs/new", "new_need", new),
    Route("/needs", "raise_need", raise_need, POST),
    Route("/needs/<uuid:need_id>", "need", need),
    Route("/needs/<uuid:need_id>/<act>", "act_on_need", act, POST),
)
