# SPDX-License-Identifier: Apache-2.0
"""Lists of the desk as Excel files, with the columns the page has. No person stands in any of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, g, request
from flask_babel import gettext as _

from gateway.web import layout, reading, sheets
from gateway.web.board import week_start
from gateway.web.formats import clock_time
from gateway.web.my.rooms import venue_and_rooms
from gateway.web.routes import Route


def bookings() -> Response:
    """Give the bookings of a day, or of its week."""
    on = reading.day_or(request.args.get("date"), layout.today())
    count = 7 if request.args.get("days") == "7" else 1
    first = week_start(on.isoformat()) if count == 7 else on
    rows = [row for number in range(count) for row in _bookings_of(first + timedelta(days=number))]
    head = [
        _("日期"),
        _("从"),
        _("到"),
        _("屋子"),
        _("取屋号"),
        _("应收（元）"),
        _("状态"),
        _("收了（元）"),
        _("收据号"),
    ]
    return sheets.download(f"bookings-{first}-{count}", sheets.workbook(_("场次"), head, map(_booking, rows)))


def days() -> Response:
    """Give the days that the operator has closed."""
    venue, _spaces = venue_and_rooms()
    rows = g.api.get("venue", f"/venues/{venue['venue_id']}/days")["items"]
    head = [_("日期"), _("应有（元）"), _("数到（元）"), _("差（元）"), _("说明")]
    return sheets.download("days", sheets.workbook(_("每天的现金"), head, map(_closed_day, rows)))


def _bookings_of(day: date) -> list[dict[str, Any]]:
    rows = g.api.pages("venue", "/bookings", date=day.isoformat(), limit=200)
    return sorted(rows, key=lambda row: (row["starts_at"], row["space_name"]))


def _booking(row: dict[str, Any]) -> list[Any]:
    paid = row["settlement"] if row["settlement"] and not row["settlement"]["reversed_at"] else None
    return [
        row["local_date"],
        clock_time(row["starts_at"]),
        clock_time(row["ends_at"]),
        row["space_name"],
        row["pick_up_code"],
        yuan(row["price_fen"]),
        str(layout.BOOKING_STATES.get(row["state"], row["state"])),
        yuan(paid["amount_fen"]) if paid else None,
        paid["receipt_no"] if paid else None,
    ]


def _closed_day(row: dict[str, Any]) -> list[Any]:
    sums = [yuan(row[name]) for name in ("expected_cash_fen", "counted_cash_fen", "difference_fen")]
    return [row["day"], *sums, row["note"]]


def yuan(fen: int) -> Decimal:
    """Return fen as yuan, exactly: a sheet adds it up."""
    return Decimal(fen) / 100


ROUTES = (
    Route("/day.xlsx", "export_bookings", bookings),
    Route("/days.xlsx", "export_days", days),
)
