# SPDX-License-Identifier: Apache-2.0
"""Lists as Excel files, read back: the page's columns, numbers as numbers, nobody's name, no formula."""

from __future__ import annotations

from io import BytesIO

from gateway.web import sheets
from openpyxl import load_workbook

OPERATOR = "venue_operator"


def read(answer) -> list[tuple]:
    assert answer.status_code == 200 and answer.mimetype == sheets.KIND
    return list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))


def test_a_days_bookings_have_the_pages_columns(browse):
    head, row = read(browse("/desk/day.xlsx?date=2026-11-23", OPERATOR))

    assert head[:5] == ("日期", "从", "到", "屋子", "取屋号")
    assert row == ("2026-11-23", "19:00", "21:00", "议事茶亭", "K7M4P", 60, "已订", None, None)


def test_a_week_is_seven_days_from_monday(browse, services):
    read(browse("/desk/day.xlsx?date=2026-11-26&days=7", OPERATOR))

    asked = [one.url.params["date"] for one in services.sent if one.url.path.endswith("/bookings")]
    assert asked == [f"2026-11-{day}" for day in range(23, 30)]


def test_what_was_paid_and_not_taken_back_stands_with_its_receipt(browse, services):
    services.settlement = {"amount_fen": 6000, "receipt_no": 42, "reversed_at": None}
    assert read(browse("/desk/day.xlsx", OPERATOR))[1][-2:] == (60, 42)

    services.settlement["reversed_at"] = "2026-11-23T21:00:00+08:00"
    assert read(browse("/desk/day.xlsx", OPERATOR))[1][-2:] == (None, None)


def test_closed_days_add_up_as_numbers(browse):
    rows = read(browse("/desk/days.xlsx", OPERATOR))

    assert rows[1] == ("2026-11-22", 120, 120, 0, None) and len(rows) == 3


def test_a_sheet_speaks_the_readers_language(browse):
    head, row = read(browse("/desk/day.xlsx", OPERATOR, cookies={"linli-language": "en"}))

    assert head[0] == "Date" and row[3] == "Council Pavilion"


def test_text_is_never_a_formula():
    book = load_workbook(BytesIO(sheets.workbook("x", ["=1+1"], [["=cmd()", 5]])))

    assert [cell.data_type for row in book.active.iter_rows() for cell in row] == ["s", "n", "s", "n"]


def test_a_sheet_names_nobody(browse, services):
    read(browse("/desk/day.xlsx?days=7", OPERATOR))

    assert not [one for one in services.sent if "/persons" in one.url.path]


def test_a_nonsense_day_is_not_found(browse):
    assert browse("/desk/day.xlsx?date=soon", OPERATOR).status_code == 404
