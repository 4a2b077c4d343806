# SPDX-License-Identifier: Apache-2.0
"""The deposits still held at the counter, each a step from being given back or kept. Nobody is named."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request

from gateway.web.routes import Route


def held() -> str:
    """List what is held: first what waits for its guest, then what belongs to bookings still to come."""
    told = g.api.get("venue", "/deposits", cursor=request.args.get("cursor"), limit=100)
    return render_template(
        "desk/deposits.html",
        waiting=[one for one in told["items"] if one["is_over"]],
        in_use=[one for one in told["items"] if not one["is_over"]],
        next_cursor=told["next_cursor"],
    )


def of_code(code: str) -> list[dict[str, Any]]:
    """Find what is held under a pick-up code that opens no booking any more."""
    items: list[dict[str, Any]] = g.api.get("venue", "/deposits", pick_up_code=code)["items"]
    return items


ROUTES = (Route("/deposits", "deposits", held),)
