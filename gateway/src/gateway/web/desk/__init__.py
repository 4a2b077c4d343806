# SPDX-License-Identifier: Apache-2.0
"""The staff surface: one desk, divided by what one comes to do. All its addresses stand here."""

from __future__ import annotations

from flask import Blueprint, Flask

from gateway.web import errors, layout
from gateway.web.desk import (
    arrivals,
    board,
    calendars,
    closures,
    counter,
    day_end,
    desks,
    doors,
    exports,
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
    today,
    topics,
    usage,
    venue,
    visits,
    waiting,
)


def install(app: Flask) -> None:
    """Register the desk's pages."""
    pages = Blueprint("desk", __name__, url_prefix="/desk")
    pages.before_request(errors.require_office(*layout.DESK_OFFICES))
    add = pages.add_url_rule
    add("", "today", today.today)
    add("/search", "search", today.search)
    add("/check-in", "check_in", venue.check_in)
    add("/check-in/<uuid:booking_id>/<act>", "act_on_booking", venue.act, methods=["POST"])
    add("/check-in/list", "day_list", arrivals.day_list)
    add("/check-in/list", "tick", arrivals.tick, methods=["POST"])
    add("/check-in/offline", "offline_check_ins", arrivals.offline)
    add("/check-in/offline", "send_check_ins", arrivals.send, methods=["POST"])
    add("/waiting", "waiting", waiting.entries)
    add("/waiting", "join_waiting", waiting.join, methods=["POST"])
    add("/waiting/new", "wait", waiting.new)
    add("/waiting/<uuid:entry_id>/<any(departure,confirmation,cancellation):act>", "answer_waiting", waiting.act,
        methods=["POST"])  # fmt: skip
    add("/appeals", "appeals", marks.appeals)
    add("/appeals/<uuid:mark_id>/<act>", "decide_appeal", marks.decide, methods=["POST"])
    add("/exemptions", "exemptions", marks.exemptions)
    add("/exemptions", "grant_exemption", marks.grant, methods=["POST"])
    add("/exemptions/<uuid:exemption_id>/end", "end_exemption", marks.end, methods=["POST"])
    add("/displays", "displays", doors.displays)
    add("/displays", "create_display", doors.create, methods=["POST"])
    add("/displays/<uuid:display_id>/revocation", "revoke_display", doors.revoke, methods=["POST"])
    add("/displays/door-secret", "renew_door_secret", doors.renew, methods=["POST"])
    add("/board", "board", board.show)
    add("/bookings/<uuid:booking_id>/move", "move_booking", board.move, methods=["POST"])
    add("/use", "usage", usage.show)
    add("/requests", "requests", requests.inbox)
    add("/requests/<uuid:booking_id>/<decision>", "decide_request", requests.decide, methods=["POST"])
    add("/quotas", "quotas", quotas.show)
    add("/quotas", "set_quota", quotas.add, methods=["POST"])
    add("/quotas/<uuid:quota_id>/end", "end_quota", quotas.end, methods=["POST"])
    add("/day.xlsx", "export_bookings", exports.bookings)
    add("/days.xlsx", "export_days", exports.days)
    add("/day", "rooms_of_day", venue.rooms_of_day)
    add("/day-end", "day_end", day_end.day_end)
    add("/day-end", "close_day", day_end.close, methods=["POST"])
    add("/money/<uuid:booking_id>", "booking_money", day_end.money)
    add("/money/<uuid:booking_id>/<act>", "act_on_money", day_end.act, methods=["POST"])
    add("/calendars", "calendars", calendars.feeds)
    add("/calendars", "create_calendar", calendars.create, methods=["POST"])
    add("/calendars/<uuid:feed_id>/revocation", "revoke_calendar", calendars.revoke, methods=["POST"])
    add("/book", "find_resident", counter.find)
    add("/book", "book_for_resident", counter.book, methods=["POST"])
    add("/book/week", "counter_week", counter.week)
    add("/book/<uuid:space_id>", "counter_times", counter.times)
    add("/bookings/<uuid:booking_id>", "counter_booking", counter.booking)
    add("/bookings/<uuid:booking_id>/cancellation", "counter_cancel", counter.cancel, methods=["POST"])
    add("/series", "series", series.listed)
    add("/series", "create_series", series.create, methods=["POST"])
    add("/series/new", "new_series", series.new)
    add("/series/<uuid:series_id>", "one_series", series.one)
    add("/series/<uuid:series_id>/change", "change_series", series.change, methods=["POST"])
    add("/series/<uuid:series_id>/cancellation", "cancel_series", series.cancel, methods=["POST"])
    add("/bookings/<uuid:booking_id>/confirmation", "counter_confirm", counter.confirm, methods=["POST"])
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
    add("/sittings", "sittings", sittings.sittings)
    add("/rotas/new", "new_rota", sittings.new_rota)
    add("/rotas", "create_rota", sittings.create_rota, methods=["POST"])
    add("/rotas/<uuid:rota_id>/end", "end_rota", sittings.end_rota, methods=["POST"])
    add("/sessions/<uuid:session_id>", "session", sittings.session)
    add("/sessions/<uuid:session_id>/topics", "add_topic", sittings.add_topic, methods=["POST"])
    add("/sessions/<uuid:session_id>/<act>", "act_on_session", sittings.act, methods=["POST"])
    add("/topics", "topics", topics.topics)
    add("/topics/<uuid:topic_id>/<act>", "act_on_topic", topics.act, methods=["POST"])
    add("/desks", "desks", desks.desks)
    add("/sessions/<uuid:session_id>/queue", "queue", desks.queue)
    add("/sessions/<uuid:session_id>/tickets", "take_for_resident", desks.take, methods=["POST"])
    add("/sessions/<uuid:session_id>/calls", "call_next", desks.call_next, methods=["POST"])
    add("/tickets/<uuid:ticket_id>", "close_ticket", desks.close, methods=["POST"])
    add("/closures", "closures", closures.show)
    add("/closures", "close_space", closures.close, methods=["POST"])
    add("/closures/<uuid:closure_id>/end", "end_closure", closures.end, methods=["POST"])
    add("/rooms", "rooms", rooms.show)
    add("/rooms", "save_profile", rooms.save_profile, methods=["POST"])
    add("/rooms/photos", "add_photo", rooms.add_photo, methods=["POST"])
    add("/rooms/photos/<uuid:photo_id>/removal", "remove_photo", rooms.remove_photo, methods=["POST"])
    add("/spaces", "spaces", rooms.spaces)
    add("/spaces", "create_space", rooms.create_space, methods=["POST"])
    add("/spaces/<uuid:space_id>", "update_space", rooms.update_space, methods=["POST"])
    add("/spaces/<uuid:space_id>/retirement", "retire_space", rooms.retire_space, methods=["POST"])
    add("/equipment", "create_equipment", rooms.create_equipment, methods=["POST"])
    add("/equipment/<uuid:equipment_id>", "update_equipment", rooms.update_equipment, methods=["POST"])
    add("/opening", "opening", opening.show)
    add("/opening/preview", "preview_opening", opening.preview)
    add("/opening", "save_opening", opening.save, methods=["POST"])
    add("/days", "days", opening.days)
    add("/days", "set_own_hours", opening.set_own_hours, methods=["POST"])
    add("/days/<day>/removal", "clear_own_hours", opening.clear_own_hours, methods=["POST"])
    add("/special-days", "set_special_day", opening.set_special_day, methods=["POST"])
    add("/special-days/<day>/removal", "remove_special_day", opening.remove_special_day, methods=["POST"])
    add("/prices", "prices", prices.show)
    add("/prices", "set_price", prices.set_price, methods=["POST"])
    add("/regimes", "create_regime", prices.create_regime, methods=["POST"])
    add("/regimes/<regime>", "update_regime", prices.update_regime, methods=["POST"])
    add("/regimes/<regime>/end", "end_regime", prices.end_regime, methods=["POST"])
    add("/share", "share", share.show)
    add("/share", "set_terms", share.set_terms, methods=["POST"])
    add("/share/free-sessions", "mark_free_session", share.mark, methods=["POST"])
    add("/share/waivers", "waive_owed_sessions", share.waive, methods=["POST"])
    app.register_blueprint(pages)
