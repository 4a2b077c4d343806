# SPDX-License-Identifier: Apache-2.0
"""Bookings that repeat, arranged at the counter for a resident."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request

from gateway.web import forms, series
from gateway.web.desk import people
from gateway.web.routes import POST, Route
from gateway.web.series import Surface


def _names(items: list[dict[str, Any]]) -> dict[str, str]:
    return people.names(g.api, {row["person_id"] for row in items if row.get("person_id")})


DESK = Surface("/desk/series", "desk/layout.html", "/desk/bookings", "/series", _names, is_desk=True)


def listed() -> str:
    """List the community's series, and what could not follow a change of the clock."""
    return series.listed(DESK)


def new() -> Any:
    """Choose for the resident; every date is tried before anything is booked."""
    return series.form(DESK, _resident(request.args.get("person", "")))


def create() -> Any:
    """Arrange for the resident."""
    return series.create(DESK, _resident(forms.text("person_id", 36)))


def one(series_id: Any) -> str:
    """Show one."""
    return series.one(DESK, series_id)


def change_form(series_id: Any) -> Any:
    """Choose what is to be otherwise; every date is told before anything is changed."""
    return series.change_form(DESK, series_id)


def change(series_id: Any) -> Any:
    """Change it."""
    return series.change(DESK, series_id)


def cancel(series_id: Any) -> Any:
    """Cancel it, or a part."""
    return series.cancel(DESK, series_id)


def _resident(person_id: str) -> dict[str, Any]:
    if not person_id:
        abort(404)
    return people.found(g.api, person_id)


ROUTES = (
    Route("/series", "series", listed),
    Route("/series", "create_series", create, POST),
    Route("/series/new", "new_series", new),
    Route("/series/<uuid:series_id>", "one_series", one),
    Route("/series/<uuid:series_id>/change", "change_of_series", change_form),
    Route("/series/<uuid:series_id>/change", "change_series", change, POST),
    Route("/series/<uuid:series_id>/cancellation", "cancel_series", cancel, POST),
)
