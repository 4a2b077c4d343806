# SPDX-License-Identifier: Apache-2.0
"""The terms of booking: how far ahead and how long, when cancelling is late, and what comes back of the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change, whole
from gateway.web.routes import POST, Route

LIMITS = (
    "horizon_days", "longest_minutes", "lead_minutes", "late_cancel_minutes", "grace_minutes", "hold_minutes",
    "offer_minutes", "marks_limit", "marks_days", "pause_days", "own_series_dates",
)  # fmt: skip


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
        errors={name.removeprefix("limits."): words for name, words in wrong.items()},
        done=request.args.get("done"),
    )


ROUTES = (
    Route("/terms", "terms", show),
    Route("/terms", "save_terms", save, POST),
)
