# SPDX-License-Identifier: Apache-2.0
"""The staff surface: one desk, divided by what one comes to do. All its addresses stand here."""

from __future__ import annotations

from flask import Blueprint, Flask

from gateway.web import errors, layout
from gateway.web.desk import board, counter, money, needs, today, venue, visits


def install(app: Flask) -> None:
    """Register the desk's pages."""
    pages = Blueprint("desk", __name__, url_prefix="/desk")
    pages.before_request(errors.require_office(*layout.DESK_OFFICES))
    add = pages.add_url_rule
    add("", "today", today.today)
    add("/search", "search", today.search)
    add("/check-in", "check_in", venue.check_in)
    add("/check-in/<uuid:booking_id>/<act>", "act_on_booking", venue.act, methods=["POST"])
    add("/board", "board", board.show)
    add("/bookings/<uuid:booking_id>/move", "move_booking", board.move, methods=["POST"])
    add("/day", "rooms_of_day", venue.rooms_of_day)
    add("/book", "find_resident", counter.find)
    add("/book", "book_for_resident", counter.book, methods=["POST"])
    add("/book/week", "counter_week", counter.week)
    add("/book/<uuid:space_id>", "counter_times", counter.times)
    add("/bookings/<uuid:booking_id>", "counter_booking", counter.booking)
    add("/bookings/<uuid:booking_id>/cancellation", "counter_cancel", counter.cancel, methods=["POST"])
    add("/visits/new", "new_visit", visits.new)
    add("/visits", "record_visit", visits.record, methods=["POST"])
    add("/visits/done", "visit_done", visits.done)
    add("/needs", "needs", needs.inbox)
    add("/needs/new", "new_need", needs.new)
    add("/needs", "raise_need", needs.raise_need, methods=["POST"])
    add("/needs/<uuid:need_id>", "need", needs.need)
    add("/needs/<uuid:need_id>/<act>", "act_on_need", needs.act, methods=["POST"])
    add("/ledger", "ledger", money.ledger)
    add("/statements", "statements", money.statements)
    add("/statements/new", "new_statement", money.preview)
    add("/statements", "submit_statement", money.submit, methods=["POST"])
    add("/statements/<uuid:statement_id>", "statement", money.statement)
    add("/statements/<uuid:statement_id>/<decision>", "decide", money.decide, methods=["POST"])
    app.register_blueprint(pages)
