# SPDX-License-Identifier: Apache-2.0
"""The staff surface: one desk, divided by what one comes to do. Each page module has its own addresses (``ROUTES``)."""

from __future__ import annotations

from flask import Blueprint, Flask

from gateway.web import errors, layout, routes
from gateway.web.desk import (
    arrivals,
    board,
    calendars,
    closures,
    counter,
    day_end,
    deposits,
    desks,
    doors,
    exports,
    imports,
    marks,
    money,
    needs,
    opening,
    prices,
    quotas,
    requests,
    rooms,
    series,
    share,
    sittings,
    terms,
    today,
    topics,
    usage,
    venue,
    visits,
    waiting,
)

EVERY_DAY = (today, needs, visits, counter)
ROOMS = (board, venue, arrivals, requests, waiting, series, imports, exports, day_end, deposits)
SITTINGS = (sittings, topics, desks)
MANAGING = (closures, usage, share, quotas, marks, doors, calendars, rooms, opening, prices, terms)
PUBLISHING = (money,)


def install(app: Flask) -> None:
    """Register the desk's pages."""
    pages = Blueprint("desk", __name__, url_prefix="/desk")
    pages.before_request(errors.require_office(*layout.DESK_OFFICES))
    routes.collect(pages, (*EVERY_DAY, *ROOMS, *SITTINGS, *MANAGING, *PUBLISHING))
    app.register_blueprint(pages)
