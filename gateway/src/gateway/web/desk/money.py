# SPDX-License-Identifier: Apache-2.0
"""The fund's books for those who keep them: entries, a month's statement by one person, its approval by another."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web import errors, forms, reading
from gateway.web.board import compared_accounts
from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route


def ledger() -> str:
    """List the journal of a month, or all of it, newest first."""
    month, cursor = request.args.get("month", ""), request.args.get("cursor")
    api = g.api
    answers = api.together(
        entries=lambda: api.get("disclosure", "/entries", month=month, cursor=cursor, limit=100),
        periods=lambda: api.get("disclosure", "/periods"),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    entries = answers["entries"]
    return render_template(
        "desk/ledger.html",
        entries=entries["items"],
        next_cursor=entries["next_cursor"],
        periods=answers["periods"]["items"],
        month=month,
    )


def statements() -> str:
    """Show every month: open or closed, submitted or published, and what is to be done."""
    periods = g.api.get("disclosure", "/periods")["items"]
    return render_template("desk/statements.html", periods=periods, can_prepare=_is("finance_clerk"))


def preview() -> str:
    """Show what a month's statement would say now, before it is submitted."""
    return _preview(request.args.get("month", ""), {})


def submit() -> Any:
    """Submit a month: closes it and fixes its last entry in one act."""
    month = forms.text("month", 7)
    body: dict[str, Any] = {"month": month}
    if forms.text("confirm_to_date") == "yes":
        body["confirm_to_date"] = True
    try:
        submitted = g.api.send("disclosure", "/statements", body, key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        wrong = {"_form": " ".join(part for part in _said(problem) if part)}
        if problem.code == "month_not_over":
            wrong = {"confirm_to_date": _("这个月还没有过完：要提交就请勾选“截至今天”。")}
        return _preview(month, wrong), problem.status
    return redirect(url_for("desk.statement", statement_id=submitted["statement_id"], done=1), code=303)


def statement(statement_id: Any) -> str:
    """Show a submitted statement for the second person, or for the record."""
    return _statement(g.api.get("disclosure", f"/statements/{statement_id}"), {})


def decide(statement_id: Any, decision: str) -> Any:
    """Approve (which publishes) or reject with a reason."""
    if decision not in ("approval", "rejection"):
        abort(404)
    body = {"reason": forms.text("reason", 500)} if decision == "rejection" else {}
    path = f"/statements/{statement_id}"
    try:
        g.api.send("disclosure", f"{path}/{decision}", body, key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (400, 409, 412, 422) and problem.code != "same_person":
            raise
        wrong = {"_form": " ".join(part for part in _said(problem) if part)}
        if problem.status in (400, 422):
            wrong = form_errors(problem)
        return _statement(g.api.get("disclosure", path), wrong), problem.status
    return redirect(url_for("desk.statement", statement_id=statement_id, done=1), code=303)


def _preview(month: str, wrong: dict[str, str]) -> str:
    if reading.month(month) is None:
        abort(404)
    figures = g.api.get("disclosure", f"/periods/{month}/preview")
    return render_template(
        "desk/statement_new.html", figures=figures, accounts=compared_accounts(figures, None), errors=wrong
    )


def _statement(row: dict[str, Any], wrong: dict[str, str]) -> str:
    return render_template(
        "desk/statement.html",
        statement=row,
        accounts=compared_accounts(row, None),
        errors=wrong,
        can_decide=_is("community_secretary") and row["state"] == "submitted",
        is_done="done" in request.args,
    )


def _said(problem: Problem) -> tuple[str, str, str]:
    said = errors.words(problem)
    return said["title"], said["detail"], said["way"]


def _is(office: str) -> bool:
    return g.visitor.office == office


ROUTES = (
    Route("/ledger", "ledger", ledger),
    Route("/statements", "statements", statements),
    Route("/statements/new", "new_statement", preview),
    Route("/statements", "submit_statement", submit, POST),
    Route("/statements/<uuid:statement_id>", "statement", statement),
    Route("/statements/<uuid:statement_id>/<decision>", "decide", decide, POST),
)
