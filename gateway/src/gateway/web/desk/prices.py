# SPDX-License-Identifier: Apache-2.0
"""The kinds of time and what each room costs in them, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from gateway.web import forms, layout
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change, lines
from gateway.web.routes import POST, Route

CHOICES = ("kind", "audience", "approval")


def show() -> str:
    """Show regimes and prices."""
    return _page({}, {}, None)


def set_price() -> Any:
    """Add the next version of a price, from a day on; a deposit that is not named stays as it was."""
    fen, deposit = forms.fen("yuan"), forms.fen("deposit")
    wrong = {}
    if fen is None or fen % 2:
        wrong["yuan"] = _("请写每小时多少元，分要是双数，比如 30 或 25.50。")
    if deposit is None and forms.text("deposit"):
        wrong["deposit"] = _("请写押金多少元，比如 100；不收写 0，不改就空着。")
    if wrong:
        return _page(venue_forms.typed(), wrong, None), 422
    body = {
        "regime": forms.text("regime", 40),
        "valid_from": forms.text("valid_from", 10),
        "price_fen_per_hour": fen,
    } | ({} if deposit is None else {"deposit_fen": deposit})
    path = f"/spaces/{forms.text('space_id', 36) or 'x'}/prices"
    return change(_page, "desk.prices", path, body, versioned=False)


def create_regime() -> Any:
    """Add a kind of time."""
    body = {"code": forms.text("code", 40), **_regime()}
    path = f"/venues/{venue_forms.venue_id()}/regimes"
    return change(_page, "desk.prices", path, body, versioned=False)


def update_regime(regime: str) -> Any:
    """Change what a kind of time is for, and for whom."""
    path = f"/venues/{venue_forms.venue_id()}/regimes/{regime}"
    keep = {"keep_bookings": True} if forms.text("keep_bookings") == "yes" else {}
    return change(_page, "desk.prices", path, _regime() | keep, method="PATCH")


def end_regime(regime: str) -> Any:
    """Let a kind of time end."""
    path = f"/venues/{venue_forms.venue_id()}/regimes/{regime}/end"
    return change(_page, "desk.prices", path, {"ends_on": forms.text("ends_on", 10)})


def _regime() -> dict[str, Any]:
    body: dict[str, Any] = {name: forms.text(name, 80) for name in CHOICES} | venue_forms.names(80)
    zh, en = (lines(forms.text(name, 1000)) for name in ("purposes_zh", "purposes_en"))
    return body | {"purposes_zh": zh, "purposes_en": en or zh}


def _page(kept: Mapping[str, str], wrong: Mapping[str, str], _problem: Problem | None) -> str:
    venue, today = venue_forms.settings(), layout.today()
    return render_template(
        "desk/prices.html",
        venue=venue,
        spaces=[one for one in venue["spaces"] if not one["is_retired"]],
        regimes=[one for one in venue["regimes"] if one["ended_on"] is None],
        now=_on(venue, today.isoformat()),
        later=sorted(
            (one for one in venue["prices"] if one["valid_from"] > today.isoformat()),
            key=lambda one: one["valid_from"],
        ),
        words={one["space_id"]: one["name"] for one in venue["spaces"]},
        regime_words=venue_forms.regime_words(venue),
        kinds=list(venue_forms.KINDS.items()),
        audiences=list(venue_forms.AUDIENCES.items()),
        approvals=list(venue_forms.APPROVALS.items()),
        tomorrow=(today + timedelta(days=1)).isoformat(),
        typed=kept,
        errors=wrong,
        done=request.args.get("done"),
    )


def _on(venue: Mapping[str, Any], day: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The price of each room in each regime on a day: the newest version that holds by then."""
    held: dict[tuple[str, str], dict[str, Any]] = {}
    for one in sorted(venue["prices"], key=lambda one: one["version"]):
        if one["valid_from"] <= day:
            held[one["space_id"], one["regime"]] = one
    return held


ROUTES = (
    Route("/prices", "prices", show),
    Route("/prices", "set_price", set_price, POST),
    Route("/regimes", "create_regime", create_regime, POST),
    Route("/regimes/<regime>", "update_regime", update_regime, POST),
    Route("/regimes/<regime>/end", "end_regime", end_regime, POST),
)
