# SPDX-License-Identifier: Apache-2.0
"""One's own needs: raise, follow, say whether it is really done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, labels, reading
from gateway.web.client import Problem
from gateway.web.routes import POST, Route

# The form's act -> the operation's path, the field it carries, and whether the version seen matters.
ACTS = {
    "rating": ("rate", True),
    "reopening": ("reopen", True),
    "remarks": ("remark", False),
}


def needs() -> str:
    """List one's own needs, latest first."""
    answer = g.api.get("engagement", "/my/needs", cursor=request.args.get("cursor"), limit=20)
    return render_template("my/needs.html", needs=answer["items"], next_cursor=answer["next_cursor"])


def new() -> str:
    """Show the three fields of a need."""
    return render_template("my/need_new.html", categories=categories(), typed={}, errors={})


def raise_need() -> Any:
    """Raise a need; what was typed is kept when something is wrong."""
    typed = {"title": forms.text("title", 80), "category": forms.text("category", 32), "detail": forms.text("detail")}
    try:
        raised = g.api.send("engagement", "/needs", {k: v for k, v in typed.items() if v}, key=forms.key())
    except Problem as problem:
        wrong = form_errors(problem)
        page = render_template("my/need_new.html", categories=categories(), typed=typed, errors=wrong)
        return page, problem.status
    return redirect(url_for("my.need", need_id=raised["need_id"]), code=303)


def need(need_id: Any) -> str:
    """Show a need with its timeline and what its person may do now."""
    return render_template("my/need.html", need=g.api.get("engagement", f"/needs/{need_id}"), errors={}, typed={})


def act(need_id: Any, act: str) -> Any:
    """Rate, reopen or add a remark."""
    if act not in ACTS:
        abort(404)
    typed = {name: forms.text(name, 1000) for name in ("score", "comment", "reason", "text")}
    version = forms.version() if ACTS[act][1] else None
    path = f"/needs/{need_id}"
    try:
        g.api.send("engagement", f"{path}/{act}", _body(act, typed), key=forms.key(), version=version)
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422):
            raise
        current = g.api.get("engagement", path)
        page = render_template("my/need.html", need=current, errors=form_errors(problem), typed=typed)
        return page, problem.status
    return redirect(url_for("my.need", need_id=need_id), code=303)


def _body(act: str, typed: dict[str, str]) -> dict[str, Any]:
    if act == "rating":
        body: dict[str, Any] = {"score": reading.number(typed["score"]) or 0}
        return body | ({"comment": typed["comment"]} if typed["comment"] else {})
    return {"reason": typed["reason"]} if act == "reopening" else {"text": typed["text"]}


def categories() -> list[tuple[str, str]]:
    """Return the controlled list as code and words."""
    answer = g.api.public("engagement", "/need-categories")
    return [(one["code"], one["names"][g.language]) for one in answer["items"]]


def form_errors(problem: Problem, inputs: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what is wrong by input; a refusal that concerns no field stands under '_form'."""
    if problem.status in (401, 403, 404) or problem.status >= 500:
        raise problem
    if fields := labels.wrong(problem, inputs):
        return fields
    said = errors.words(problem)
    return {"_form": said["detail"] or said["title"] or _("填写的内容有问题")}


ROUTES = (
    Route("/needs", "needs", needs),
    Route("/needs", "raise_need", raise_need, POST),
    Route("/needs/new", "new_need", new),
    Route("/needs/<uuid:need_id>", "need", need),
    Route("/needs/<uuid:need_id>/<act>", "need_act", act, POST),
)
