# SPDX-License-Identifier: Apache-2.0
"""One's own marks: what was missed, until when it counts, and how to say that it was not one's fault."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route


def marks() -> str:
    """List one's marks, latest first; nobody else but the counter sees them."""
    return _page({}, "")


def appeal(mark_id: Any) -> Any:
    """Send an appeal; what was typed is kept when it is refused."""
    text = forms.text("text", 1000)
    try:
        path = f"/marks/{mark_id}/appeal"
        g.api.send("venue", path, {"text": text}, key=forms.key(), version=forms.version())
    except Problem as problem:
        return _page(form_errors(problem), text), problem.status
    return redirect(url_for("my.marks", done=1), code=303)


def _page(wrong: dict[str, str], typed: str) -> str:
    answer = g.api.get("venue", "/my/marks", cursor=request.args.get("cursor"), limit=50)
    return render_template(
        "my/marks.html",
        marks=answer["items"],
        pauses=answer["pauses"],
        next_cursor=answer["next_cursor"],
        errors=wrong,
        typed=typed,
        is_done="done" in request.args,
    )


ROUTES = (
    Route("/marks", "marks", marks),
    Route("/marks/<uuid:mark_id>/appeal", "appeal", appeal, POST),
)
