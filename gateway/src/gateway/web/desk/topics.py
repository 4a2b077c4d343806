# SPDX-License-Identifier: Apache-2.0
"""The inbox of topics: publish in words that name nobody, decline, merge, answer, hand on as a need."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import forms
from gateway.web.board import or_none
from gateway.web.client import Problem
from gateway.web.my.needs import categories, form_errors
from gateway.web.routes import POST, Route
from gateway.web.sittings import TOPIC_STATES

# The form's act -> its text fields in the contract, and whether staff must say that the words name nobody.
ACTS = {
    "publication": (("wording",), True),
    "answer": (("answer",), True),
    "hand-on": (("title", "category"), True),
    "merger": (("into",), False),
    "decline": (("reason", "words"), False),
}


def topics() -> str:
    """List topics by state, newest first."""
    return _page({}, {}, "")


def act(topic_id: Any, act: str) -> Any:
    """Publish, decline, merge, answer or hand on; what was typed is kept when it is refused."""
    if act not in ACTS:
        abort(404)
    fields, needs_word = ACTS[act]
    typed = {name: forms.text(name, 500) for name in fields}
    body: dict[str, Any] = {**typed, "names_nobody": forms.text("names_nobody", 3) == "yes"} if needs_word else typed
    try:
        g.api.send("venue", f"/topics/{topic_id}/{act}", body, key=forms.key(), version=forms.version())
    except Problem as problem:
        return _page(typed, form_errors(problem), str(topic_id)), problem.status
    return redirect(url_for("desk.topics", state=forms.text("state", 20)), code=303)


def _page(typed: dict[str, str], errors: dict[str, str], refused: str) -> str:
    state = request.values.get("state", "")
    chosen = state if state in TOPIC_STATES else ""
    api, code, cursor = g.api, g.visitor.division, request.args.get("cursor")
    answers = api.together(
        listed=lambda: api.get("venue", "/topics", state=chosen, cursor=cursor, limit=50),
        published=lambda: api.get("venue", "/topics", state="published", limit=50),
        sittings=lambda: api.public("venue", f"/divisions/{code}/sittings"),
    )
    answer = answers["listed"]
    if isinstance(answer, Problem):
        raise answer
    items = answer["items"]
    return render_template(
        "desk/topics.html",
        topics=items,
        targets=_targets(items, (or_none(answers["published"]) or {}).get("items", [])),
        dates={one["session_id"]: one for one in (or_none(answers["sittings"]) or {}).get("items", [])},
        next_cursor=answer["next_cursor"],
        chosen=chosen,
        categories=categories(),
        typed=typed,
        errors=errors,
        refused=refused,
    )


def _targets(listed: list[dict[str, Any]], published: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The public topics another one may become part of, those listed and the newest besides."""
    public = [one for one in listed if one["state"] in ("published", "handed_on", "answered")]
    return public + [one for one in published if one["topic_id"] not in {other["topic_id"] for other in public}]


ROUTES = (
    Route("/topics", "topics", topics),
    Route("/topics/<uuid:topic_id>/<act>", "act_on_topic", act, POST),
)
