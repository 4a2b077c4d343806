# SPDX-License-Identifier: Apache-2.0
"""All addresses of the residents' surface on one page."""

from __future__ import annotations

from flask import Blueprint

from gateway.web import errors
from gateway.web.my import account, booking, home, moving, needs, rooms

pages = Blueprint("my", __name__, url_prefix="/my")
pages.before_request(errors.require_session)

pages.add_url_rule("", "home", home.home)
pages.add_url_rule("/counter/<matter>", "counter", home.counter)
pages.add_url_rule("/venue", "week", rooms.week)
pages.add_url_rule("/venue/<uuid:space_id>/book", "times", rooms.times)
pages.add_url_rule("/bookings", "bookings", booking.bookings)
pages.add_url_rule("/bookings", "book", booking.book, methods=["POST"])
pages.add_url_rule("/bookings/<uuid:booking_id>", "booking", booking.booking)
pages.add_url_rule("/bookings/<uuid:booking_id>/cancellation", "cancel", booking.cancel, methods=["POST"])
pages.add_url_rule("/bookings/<uuid:booking_id>/confirmation", "confirm", booking.confirm, methods=["POST"])
pages.add_url_rule("/bookings/<uuid:booking_id>/move", "move", moving.choose)
pages.add_url_rule("/bookings/<uuid:booking_id>/move", "move_booking", moving.move, methods=["POST"])
pages.add_url_rule("/needs", "needs", needs.needs)
pages.add_url_rule("/needs", "raise_need", needs.raise_need, methods=["POST"])
pages.add_url_rule("/needs/new", "new_need", needs.new)
pages.add_url_rule("/needs/<uuid:need_id>", "need", needs.need)
pages.add_url_rule("/needs/<uuid:need_id>/<act>", "need_act", needs.act, methods=["POST"])
pages.add_url_rule("/account", "account", account.account)
pages.add_url_rule("/account", "change_password", account.change_password, methods=["POST"])
