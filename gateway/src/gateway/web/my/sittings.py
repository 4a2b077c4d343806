# SPDX-License-Identifier: Apache-2.0
"""Open tea for residents: who sits when, which topics are gathered, bring one or stand behind one."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.formats import moment
from gateway.web.my.needs import categories, form_errors
from gateway.web.routes import POST, Route


def sittings() -> str:
    """Show the coming sittings with their topics, and one's own."""
    return _page({}, {})


def propose(session_id: Any) -> Any:
    """Bring a topic; what was typed is kept when something is wrong."""
    typed = {"text": forms.text("text", 200), "category": forms.text("category", 32)}
    try:
        g.api.send("venue", f"/sessions/{session_id}/topics", typed, key=forms.key())
    except Problem as problem:
        return _page(typed, form_errors(problem)), problem.status
    return redirect(url_for("my.sittings", done="proposed"), code=303)


def support(topic_id: Any) -> Any:
    """Stand behind a topic."""
    g.api.send("venue", f"/topics/{topic_id}/support", key=forms.key())
    return redirect(url_for("my.sittings", done="supported"), code=303)


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    api, code, now = g.api, g.visitor.division, g.clock.now()
    answers = api.together(
        sittings=lambda: api.get("venue", f"/divisions/{code}/sittings"),
        mine=lambda: api.get("venue", "/my/topics", limit=100),
    )
    for answer in answers.values():
        if isinstance(answer, Problem):
            raise answer
    mine = answers["mine"]["items"]
    known = answers["sittings"]["items"]
    coming = [one for one in known if moment(one["ends_at"]) > now and one["state"] in ("planned", "unplaced")]
    return render_template(
        "my/sittings.html",
        coming=coming[:4],
        dates={one["session_id"]: one["date"] for one in known},
        mine=mine,
        supported={one["topic_id"] for one in mine if one["supported"]},
        categories=categories(),
        typed=typed,
        errors=errors,
    )


ROUTES = (
    Route("/sittings", "sittings", sittings),
    Route("/sittings/<uuid:session_id>/topics", "propose_topic", propose, POST),
    Route("/topics/<uuid:topic_id>/support", "support_topic", support, POST),
)
