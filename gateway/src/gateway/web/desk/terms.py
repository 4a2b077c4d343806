# SPDX-License-Identifier: Apache-2.0
"""The terms of booking: how far ahead and how long, when cancelling is late, and what comes back of the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from gateway.web import forms, labels, reading
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change, whole
from gateway.web.routes import POST, Route

# The least and the most that the contract takes.
LIMITS = {
    "horizon_days": (1, 400),
    "longest_minutes": (30, 1440),
    "lead_minutes": (0, 43200),
    "late_cancel_minutes": (0, 43200),
    "grace_minutes": (5, 120),
    "hold_minutes": (1, 60),
    "offer_minutes": (1, 1440),
    "marks_limit": (2, 100),
    "marks_days": (1, 730),
    "pause_days": (0, 365),
    "own_series_dates": (0, 400),
}
NUMBERS = {**LIMITS, "refund_percent_late": (0, 100)}


def show() -> str:
    """Show the terms as they hold."""
    return _page({}, {}, None)


def save() -> Any:
    """Let other terms hold from now on; what is booked keeps its price."""
    body = {
        "limits": {name: whole(name) for name in LIMITS},
        "refund_percent_late": whole("refund_percent_late"),
        "pays_online": forms.text("pays_online", 3) == "yes",
    }
    return change(_page, "desk.terms", f"/venues/{venue_forms.venue_id()}", body, method="PATCH")


def _page(kept: Mapping[str, str], wrong: Mapping[str, str], _problem: Problem | None) -> str:
    venue = venue_forms.settings()
    held = {name: venue["limits"].get(name) for name in LIMITS} | {"refund_percent_late": venue["refund_percent_late"]}
    return render_template(
        "desk/terms.html",
        venue=venue,
        typed=kept or held,
        pays_online=kept.get("pays_online") == "yes" if kept else venue["pays_online"],
        words={name: labels.label(name) for name in NUMBERS},
        errors={name: _told(name, words, kept) for name, words in wrong.items()},
        done=request.args.get("done"),
    )


def _told(name: str, words: str, kept: Mapping[str, str]) -> str:
    """Say what is wrong with a number: that it is missing, or between which it must lie."""
    if name not in NUMBERS:
        return words
    least, most = NUMBERS[name]
    typed = kept.get(name, "")
    if not typed:
        return labels.said(name, "required", "")
    found = reading.number(typed)
    if found is None or not least <= found <= most:
        return _("%(field)s：请写 %(least)s 到 %(most)s 的整数。", field=labels.label(name), least=least, most=most)
    return words


ROUTES = (
    Route("/terms", "terms", show),
    Route("/terms", "save_terms", save, POST),
)
