# SPDX-License-Identifier: Apache-2.0
"""All addresses of the residents' surface on one page."""

from __future__ import annotations

from flask import Blueprint

from gateway.web import errors
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
    payments,
    rooms,
    series,
    sittings,
    waiting,
)

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
pages.add_url_rule("/bookings/<uuid:booking_id>/payment", "money", payments.money)
pages.add_url_rule("/bookings/<uuid:booking_id>/payment", "start_payment", payments.start, methods=["POST"])
pages.add_url_rule("/payments/<uuid:payment_id>", "payment", payments.payment)
pages.add_url_rule("/payments/sandbox/<uuid:payment_id>", "sandbox", payments.sandbox)
pages.add_url_rule("/payments/sandbox/<uuid:payment_id>", "decide_sandbox", payments.decide, methods=["POST"])
pages.add_url_rule("/calendar", "calendar", calendar.feeds)
pages.add_url_rule("/calendar", "create_calendar", calendar.create, methods=["POST"])
pages.add_url_rule("/calendar/<uuid:feed_id>/revocation", "revoke_calendar", calendar.revoke, methods=["POST"])
pages.add_url_rule("/check-in", "arrive", arriving.arrive)
pages.add_url_rule("/check-in", "check_in", arriving.check_in, methods=["POST"])
pages.add_url_rule("/series", "series", series.listed)
pages.add_url_rule("/series", "create_series", series.create, methods=["POST"])
pages.add_url_rule("/series/new", "new_series", series.new)
pages.add_url_rule("/series/<uuid:series_id>", "one_series", series.one)
pages.add_url_rule("/series/<uuid:series_id>/change", "change_series", series.change, methods=["POST"])
pages.add_url_rule("/series/<uuid:series_id>/cancellation", "cancel_series", series.cancel, methods=["POST"])
pages.add_url_rule("/waiting", "waiting", waiting.entries)
pages.add_url_rule("/waiting", "join_waiting", waiting.join, methods=["POST"])
pages.add_url_rule("/waiting/new", "wait", waiting.new)
pages.add_url_rule("/waiting/<uuid:entry_id>/departure", "leave_waiting", waiting.leave, methods=["POST"])
pages.add_url_rule("/marks", "marks", marks.marks)
pages.add_url_rule("/marks/<uuid:mark_id>/appeal", "appeal", marks.appeal, methods=["POST"])
pages.add_url_rule("/needs", "needs", needs.needs)
pages.add_url_rule("/needs", "raise_need", needs.raise_need, methods=["POST"])
pages.add_url_rule("/needs/new", "new_need", needs.new)
pages.add_url_rule("/needs/<uuid:need_id>", "need", needs.need)
pages.add_url_rule("/needs/<uuid:need_id>/<act>", "need_act", needs.act, methods=["POST"])
pages.add_url_rule("/account", "account", account.account)
pages.add_url_rule("/account", "change_password", account.change_password, methods=["POST"])
pages.add_url_rule("/sittings", "sittings", sittings.sittings)
pages.add_url_rule("/sittings/<uuid:session_id>/topics", "propose_topic", sittings.propose, methods=["POST"])
pages.add_url_rule("/topics/<uuid:topic_id>/support", "support_topic", sittings.support, methods=["POST"])
pages.add_url_rule("/desks", "desks", desks.desks)
pages.add_url_rule("/desks/<uuid:session_id>/tickets", "take_ticket", desks.take, methods=["POST"])
pages.add_url_rule("/tickets", "tickets", desks.tickets)
pages.add_url_rule("/tickets/<uuid:ticket_id>", "ticket", desks.ticket)
pages.add_url_rule("/tickets/<uuid:ticket_id>/leave", "leave_queue", desks.leave, methods=["POST"])
