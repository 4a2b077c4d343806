# SPDX-License-Identifier: Apache-2.0
"""How money and dates are written, and read from a form."""

from __future__ import annotations

import pytest
from gateway.web import formats, forms


@pytest.mark.parametrize(
    "fen, words", [(0, "¥0.00"), (6000, "¥60.00"), (123456, "¥1,234.56"), (-5, "−¥0.05"), (None, "—")]
)
def test_money_is_written_with_thousands_and_two_decimals(fen, words):
    assert formats.money(fen) == words


@pytest.mark.parametrize("text, fen", [("60", 6000), ("60.5", 6050), ("¥1,234.56", 123456), ("0.07", 7)])
def test_an_amount_is_read_as_fen(app, text, fen):
    with app.test_request_context(method="POST", data={"amount": text}):
        assert forms.fen("amount") == fen


@pytest.mark.parametrize("text", ["", "-1", "1.234", "一百", "1e5", "９９９９９９９９９９"])
def test_what_is_not_an_amount_is_refused(app, text):
    with app.test_request_context(method="POST", data={"amount": text}):
        assert forms.fen("amount") is None


@pytest.mark.parametrize(
    "month, title", [("2026-10", "二〇二六年十月"), ("2026-11", "二〇二六年十一月"), ("2026-02", "二〇二六年二月")]
)
def test_a_poster_writes_the_month_in_words(app, month, title):
    with app.test_request_context():
        assert formats.month_title(month) == title


def test_an_instant_is_shown_in_shanghai(app):
    with app.test_request_context():
        assert formats.date_time("2026-11-22T18:30:00Z") == "11月23日 02:30"


@pytest.mark.parametrize("minutes, words", [(0, "0 分钟"), (119, "119 分钟"), (120, "2 小时"), (239, "3.5 小时")])
def test_a_long_time_left_is_told_in_hours_and_never_as_more_than_it_is(app, minutes, words):
    with app.test_request_context():
        assert formats.time_left(minutes) == words
