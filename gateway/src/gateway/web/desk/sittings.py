# SPDX-License-Identifier: Apache-2.0
"""The officials' rota: plan it, say who sits, who sits instead, and whether they came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for

from gateway.web import formats, forms, layout, reading
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.my.needs import categories, form_errors
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import POST, Route
from gateway.web.sittings import CHANNELS

LOOK_BACK = timedelta(weeks=4)
OFFICIALS = 3  # rows of the form; the contract takes twelve
SITTING_OFFICES = ("street_officer", "community_secretary", "community_worker", "district_officer")
KINDS = ("sitting", "desk")
LENGTHS = (60, 90, 120, 150, 180, 240)
# The form's act -> the operation's path.
ACTS = {
    "official": "official",
    "substitute": "substitute",
    "attendance": "attendance",
    "placement": "placement",
    "cancellation": "cancellation",
}


def sittings() -> str:
    """List sittings of the last four weeks and those to come, and the plans behind them."""
    api, since = g.api, layout.today() - LOOK_BACK
    answers = api.together(
        sessions=lambda: sessions_of(api, "sitting", since),
        rotas=lambda: api.get("venue", "/rotas", kind="sitting", limit=50)["items"],
    )
    return _listed("sitting", **answers)


def new_rota() -> str:
    """Show the form of a weekly plan of sittings, or of a desk."""
    kind = request.args.get("kind", "sitting")
    return _rota_form(kind if kind in KINDS else "sitting", {}, {})


def create_rota() -> Any:
    """Plan; dates that found no room are shown on the list that follows."""
    typed = {name: value.strip() for name, value in request.form.items() if name not in ("csrf", "key")}
    typed["weekdays"] = ",".join(request.form.getlist("weekdays"))
    kind = typed.get("kind", "sitting")
    try:
        g.api.send("venue", "/rotas", _rota_body(kind, typed), key=forms.key())
    except Problem as problem:
        return _rota_form(kind, typed, form_errors(problem)), problem.status
    return redirect(url_for("desk.sittings" if kind == "sitting" else "desk.desks"), code=303)


def end_rota(rota_id: Any) -> Any:
    """Let a plan end with a day; what is planned after it is taken back."""
    body = {"valid_until": forms.text("valid_until", 10)}
    g.api.send("venue", f"/rotas/{rota_id}/end", body, key=forms.key(), version=forms.version())
    return redirect(url_for("desk.desks" if forms.text("kind", 10) == "desk" else "desk.sittings"), code=303)


def session(session_id: Any) -> str:
    """Show one sitting or desk session with what may be done now."""
    return _page(str(session_id), {}, {})


def act(session_id: Any, act: str) -> Any:
    """Assign, substitute, record, place or cancel; what was typed is kept when it is refused."""
    if act not in ACTS:
        abort(404)
    typed = {name: value.strip() for name, value in request.form.items() if name not in ("csrf", "key", "version")}
    path = f"/sessions/{session_id}/{ACTS[act]}"
    try:
        g.api.send("venue", path, _act_body(act, typed), key=forms.key(), version=forms.version())
    except Problem as problem:
        return _page(str(session_id), typed, form_errors(problem)), problem.status
    return redirect(url_for("desk.session", session_id=session_id), code=303)


def add_topic(session_id: Any) -> Any:
    """Note a topic that came by letter, telephone or a group; of somebody found, or of nobody in particular."""
    typed = {name: forms.text(name, 200) for name in ("text", "category", "channel")}
    try:
        g.api.send("venue", f"/sessions/{session_id}/topics", typed, key=forms.key())
    except Problem as problem:
        return _page(str(session_id), typed, form_errors(problem)), problem.status
    return redirect(url_for("desk.topics"), code=303)


def sessions_of(api: Any, kind: str, since: date) -> list[dict[str, Any]]:
    """Read a kind of sessions from a day on."""
    return api.pages("venue", "/sessions", at_most=200, kind=kind, limit=100, **{"from": since.isoformat()})


def _listed(kind: str, sessions: Any, rotas: Any) -> str:
    for answer in (sessions, rotas):
        if isinstance(answer, Problem):
            raise answer
    today = layout.today().isoformat()
    return render_template(
        "desk/sittings.html",
        kind=kind,
        coming=[one for one in sessions if one["date"] >= today],
        past=[one for one in reversed(sessions) if one["date"] < today],
        rotas=rotas,
    )


def _rota_form(kind: str, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desk/rota_new.html",
        kind=kind,
        typed=typed,
        errors=errors,
        spaces=_spaces(),
        offices=_offices(),
        officers=_officers(),
        rows=range(1, OFFICIALS + 1),
        lengths=[(str(minutes), formats.duration(minutes)) for minutes in LENGTHS],
        desks=[(one["desk"], one["name"]) for one in _desks()],
        times=[(f"{hour:02d}:{minute}",) * 2 for hour in range(8, 22) for minute in ("00", "30")],
    )


def _rota_body(kind: str, typed: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {name: typed.get(name, "") for name in ("kind", "space_id", "from", "valid_from")}
    body["weekdays"] = [day for one in typed["weekdays"].split(",") if (day := reading.number(one, 7))]
    body["minutes"] = _number(typed.get("minutes"))
    if typed.get("valid_until"):
        body["valid_until"] = typed["valid_until"]
    if kind == "desk":
        body |= {"desk": typed.get("desk", ""), "capacity_per_hour": _number(typed.get("capacity_per_hour"))}
        names = {one["desk"]: one["name"] for one in _desks()}
        title = names.get(typed.get("desk", ""), "")
        return {**body, "titles": {"zh": typed.get("title_zh") or title, "en": typed.get("title_en") or title}}
    rows = [n for n in range(1, OFFICIALS + 1) if typed.get(f"function_zh_{n}")]
    body["officials"] = [_official(typed, f"_{n}") for n in rows]
    title = typed.get("title_zh", "")
    return {**body, "titles": {"zh": title, "en": typed.get("title_en") or title}}


def _act_body(act: str, typed: dict[str, str]) -> dict[str, Any]:
    if act == "official":
        return {"official": _official(typed, "")}
    if act == "substitute":
        return {"official": _official(typed, ""), "reason": typed.get("reason", "")}
    if act == "attendance":
        return {"outcome": typed.get("outcome", ""), "reason": typed.get("reason", "")}
    return {"space_id": typed.get("space_id", "")} if act == "placement" else {"reason": typed.get("reason", "")}


def _official(typed: dict[str, str], suffix: str) -> dict[str, Any]:
    zh, en = typed.get(f"function_zh{suffix}", ""), typed.get(f"function_en{suffix}", "")
    told: dict[str, Any] = {"office": typed.get(f"office{suffix}", ""), "functions": {"zh": zh, "en": en or zh}}
    officer = typed.get(f"officer_id{suffix}")
    return told | {"officer_id": officer} if officer else told


def _number(text: str | None) -> int:
    return reading.number(text, 99_999) or 0


def _page(session_id: str, typed: dict[str, str], errors: dict[str, str]) -> str:
    row = g.api.get("venue", f"/sessions/{session_id}")
    is_sitting = row["kind"] == "sitting"
    topics = g.api.pages("venue", "/topics", at_most=100, session_id=session_id) if is_sitting else []
    return render_template(
        "desk/session.html",
        one=row,
        topics=topics,
        typed=typed,
        errors=errors,
        spaces=_spaces(),
        offices=_offices(),
        officers=_officers(),
        names=_names(row),
        categories=categories() if is_sitting else [],
        channels=[(code, words) for code, words in CHANNELS.items() if code != "web"],
    )


def _spaces() -> list[tuple[str, str]]:
    _venue, spaces = venue_and_rooms()
    return [(one["space_id"], one["name"]) for one in spaces]


def _offices() -> list[tuple[str, str]]:
    return [(code, layout.office_name(code)) for code in SITTING_OFFICES]


def _officers() -> list[tuple[str, str]]:
    """Who serves in the community, by name, for staff to choose from; nobody where the register cannot be read."""
    try:
        held = g.api.get("identity", "/offices", limit=200)["items"]
    except Problem:
        return []
    names = people.names(g.api, {one["person_id"] for one in held})
    known = [one for one in held if one["person_id"] in names]
    return [(one["person_id"], f"{names[one['person_id']]} ・ {layout.office_name(one['office'])}") for one in known]


def _names(row: dict[str, Any]) -> dict[str, str]:
    """The names of who sits and who sits instead; staff alone see them."""
    both = (row["official"], row["substitute"])
    ids = {one["officer_id"] for one in both if one and one["officer_id"]}
    return people.names(g.api, ids) if ids else {}


def _desks() -> list[dict[str, Any]]:
    return g.api.public("venue", f"/divisions/{g.visitor.division}/desks")["items"]


ROUTES = (
    Route("/sittings", "sittings", sittings),
    Route("/rotas/new", "new_rota", new_rota),
    Route("/rotas", "create_rota", create_rota, POST),
    Route("/rotas/<uuid:rota_id>/end", "end_rota", end_rota, POST),
    Route("/sessions/<uuid:session_id>", "session", session),
    Route("/sessions/<uuid:session_id>/topics", "add_topic", add_topic, POST),
    Route("/sessions/<uuid:session_id>/<act>", "act_on_session", act, POST),
)
