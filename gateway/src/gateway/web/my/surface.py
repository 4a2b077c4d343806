# SPDX-License-Identifier: Apache-2.0
"""The residents' surface, collected from its page modules: each has its own addresses (``ROUTES``)."""

from __future__ import annotations

from flask import Blueprint

from gateway.web import errors, routes
from gateway.web.my import (
    account,
    arriving,
    booking,
    calendar,
    desks,
    home,
    marks,
    moving,
    needs,
    notices,
    payments,
    rooms,
    series,
    sittings,
    waiting,
)

ROOMS = (rooms, booking, moving, payments, arriving, series, waiting, marks, calendar)
SITTINGS = (sittings, desks)

pages = Blueprint("my", __name__, url_prefix="/my")
pages.before_request(errors.require_session)
routes.collect(pages, (home, notices, *ROOMS, *SITTINGS, needs, account))
