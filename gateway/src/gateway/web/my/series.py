# SPDX-License-Identifier: Apache-2.0
"""One's own bookings that repeat."""

from __future__ import annotations

from typing import Any

from gateway.web import series
from gateway.web.routes import POST, Route
from gateway.web.series import Surface

MINE = Surface("/my/series", "my/layout.html", "/my/bookings", "/my/series")


def listed() -> str:
    """List one's own series."""
    return series.listed(MINE)


def new() -> Any:
    """Choose; every date is tried before anything is booked."""
    return series.form(MINE)


def create() -> Any:
    """Arrange."""
    return series.create(MINE)


def one(series_id: Any) -> str:
    """Show one."""
    return series.one(MINE, series_id)


def change_form(series_id: Any) -> Any:
    """Choose what is to be otherwise; every date is told before anything is changed."""
    return series.change_form(MINE, series_id)


def change(series_id: Any) -> Any:
    """Change it."""
    return series.change(MINE, series_id)


def cancel(series_id: Any) -> Any:
    """Cancel it, or a part."""
    return series.cancel(MINE, series_id)


ROUTES = (
    Route("/series", "series", listed),
    Route("/series", "create_series", create, POST),
    Route("/series/new", "new_series", new),
    Route("/series/<uuid:series_id>", "one_series", one),
    Route("/series/<uuid:series_id>/change", "change_of_series", change_form),
    Route("/series/<uuid:series_id>/change", "change_series", change, POST),
    Route("/series/<uuid:series_id>/cancellation", "cancel_series", cancel, POST),
)
