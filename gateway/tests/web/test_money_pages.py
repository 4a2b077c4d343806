# SPDX-License-Identifier: Apache-2.0
"""Paying, closing the day, deposits and calendars: what the forms send, and what is said when it is refused."""

from __future__ import annotations

import pytest

from .conftest import ID, OPERATOR, SECRETARY, WORKER
from .fake_answers import closed_day
from .fake_money import ADDRESS, CALLBACK, FEED, PAYMENT, day, money
from .fake_services import sent_json

BOOKING = f"{ID}21"
API = "/api/venue/v1"


def last_sent(services, path):
    return next(one for one in reversed(services.sent) if one.url.path.endswith(path) and one.method == "POST")


def test_paying_sends_the_amount_that_was_seen_and_its_version(browse, services):
    form = {"amount_fen": "6000", "version": "3", "key": "k" * 12}

    answer = browse(f"/my/bookings/{BOOKING}/payment", method="POST", form=form)

    sent = last_sent(services, "/payments")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my/payments/{PAYMENT}")
    assert sent_json(sent) == {"amount_fen": 6000, "currency": "CNY"}
    assert (sent.headers["If-Match"], sent.headers["Idempotency-Key"]) == ('"3"', "k" * 12)


def test_a_payment_under_way_is_gone_on_with(browse, services):
    services.refuse("POST", f"{API}/bookings/{BOOKING}/payments", 409, "payment_open", payment_id=PAYMENT)

    answer = browse(f"/my/bookings/{BOOKING}/payment", method="POST", form={"amount_fen": "6000"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my/payments/{PAYMENT}")


def test_where_there_is_no_online_payment_it_says_to_pay_on_the_spot(browse, services):
    detail = "这里不能网上付款，请到现场付。"
    services.refuse("POST", f"{API}/bookings/{BOOKING}/payments", 409, "online_payment_off", detail=detail)

    answer = browse(f"/my/bookings/{BOOKING}/payment", method="POST", form={"amount_fen": "6000"})

    assert answer.status_code == 409
    assert detail in answer.text


def test_the_sandbox_says_that_it_is_none_and_tells_the_venue_what_was_decided(browse, services):
    page = browse(f"/my/payments/sandbox/{PAYMENT}").text
    assert "这不是银行" in page and "不动真钱" in page

    answer = browse(f"/my/payments/sandbox/{PAYMENT}", method="POST", form={"outcome": "paid", "key": "k" * 12})

    assert answer.headers["Location"] == f"/my/payments/{PAYMENT}"
    assert sent_json(last_sent(services, "/sandbox-decision")) == {"outcome": "paid"}
    assert sent_json(last_sent(services, "/payments/sandbox/callbacks")) == CALLBACK


def test_another_provider_has_no_sandbox(browse, services, monkeypatch):
    from . import fake_money

    real = {**fake_money.payment("pending"), "provider": "a_bank"}
    monkeypatch.setattr(fake_money, "payment", lambda _state: real)

    assert browse(f"/my/payments/sandbox/{PAYMENT}").status_code == 404


@pytest.mark.parametrize(("asked", "words"), [(25000, "再补 ¥150.00"), (4000, "要退 ¥60.00")])
def test_after_a_move_the_difference_of_the_deposit_is_shown_and_settled_in_one_step(
    browse, services, monkeypatch, asked, words
):
    from . import fake_money

    moved = {**fake_money.money(), "deposit_fen": asked}
    monkeypatch.setattr(fake_money, "money", lambda: moved)

    page = browse(f"/desk/money/{BOOKING}", OPERATOR).text
    form = {"amount": f"{asked // 100}.00", "version": "2", "key": "k" * 12}
    browse(f"/desk/money/{BOOKING}/deposit", OPERATOR, method="POST", form=form)

    assert words in page and f'name="amount" value="{asked // 100}.00"' in page
    assert sent_json(last_sent(services, "/deposit")) == {"amount_fen": asked}
    assert words in browse(f"/my/bookings/{BOOKING}/payment").text


def test_closing_sends_fen_and_the_reason(browse, services):
    form = {"day": "2026-11-23", "counted": "219.5", "note": "找零差五角", "key": "k" * 12}

    answer = browse("/desk/day-end", OPERATOR, method="POST", form=form)

    sent = last_sent(services, "/days/2026-11-23/closing")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/day-end?day=2026-11-23&done=1")
    assert sent_json(sent) == {"counted_cash_fen": 21950, "note": "找零差五角"}


def test_a_difference_without_a_reason_is_asked_for_and_what_was_typed_stays(browse, services):
    from .fake_answers import VENUE

    path = f"{API}/venues/{VENUE}/days/2026-11-23/closing"
    services.refuse("POST", path, 422, "difference_unexplained", detail="现金相差 ¥-1.00，请写明原因。")

    answer = browse("/desk/day-end", OPERATOR, method="POST", form={"day": "2026-11-23", "counted": "219"})

    assert answer.status_code == 422
    assert "请写明原因" in answer.text and 'value="219"' in answer.text


@pytest.mark.parametrize("typed", ["", "abc", "1.234"])
def test_what_is_no_amount_is_not_sent(browse, services, typed):
    answer = browse("/desk/day-end", OPERATOR, method="POST", form={"day": "2026-11-23", "counted": typed})

    assert answer.status_code == 422
    assert not any(one.url.path.endswith("/closing") for one in services.sent)


def test_a_closed_day_shows_its_difference_and_no_form(browse):
    text = browse("/desk/day-end?day=2026-11-22", OPERATOR).text

    assert "找零差一元" in text and 'name="counted"' not in text
    assert "账本里没有" in text


def test_what_the_books_say_otherwise_is_counted_named_and_folded(browse, services):
    one = {"kind": "not_in_ledger", "source_kind": "reversal", "source_id": PAYMENT, "venue_fen": 6000}
    rows = [{**one, "ledger_fen": None, "found_at": "2026-11-23T00:00:00Z"}] * 7
    told = day("2026-11-23", False, is_closed=False) | {"differences": rows}
    services.refusals["GET", f"{API}/venues/{ID}01/days/2026-11-23"] = 200, told

    text = browse("/desk/day-end", OPERATOR).text.split('id="h-differences"')[1]

    assert "和账本对不上的：7 笔" in text and text.count("冲正：账本里没有") == 7 and "reversal" not in text
    assert text.split("还有 2 笔")[0].count("账本里没有") == 5


def test_the_secretary_reads_the_day_and_cannot_close_it(browse):
    answer = browse("/desk/day-end", SECRETARY)

    assert answer.status_code == 200
    assert 'name="counted"' not in answer.text


@pytest.mark.parametrize(
    ("act", "path", "form", "body"),
    [
        ("deposit", "/deposit", {"amount": "100"}, {"amount_fen": 10000}),
        ("deposit-refund", "/deposit/refund", {}, {}),
        ("deposit-keeping", "/deposit/keeping", {"reason_code": "damage"}, {"reason_code": "damage"}),
        ("refund", "/settlement/refund", {}, {}),
    ],
)
def test_what_the_operator_does_with_the_money_of_a_booking(browse, services, act, path, form, body):
    answer = browse(f"/desk/money/{BOOKING}/{act}", OPERATOR, method="POST", form={**form, "version": "2"})

    sent = last_sent(services, path)
    assert answer.headers["Location"] == f"/desk/money/{BOOKING}?done={act}"
    assert (sent_json(sent), sent.headers["If-Match"]) == (body, '"2"')


@pytest.mark.parametrize("who", [("/my/calendar",), ("/desk/calendars", WORKER)])
def test_how_many_calendar_addresses_there_may_be_stands_beside_the_form(browse, who):
    assert "在用的最多 100 个网址" in browse(*who).text


def test_a_calendar_address_is_shown_once_and_stands_in_no_address_bar(browse, services):
    answer = browse("/my/calendar", method="POST", form={"key": "k" * 12})

    assert answer.status_code == 200, "no redirect carries it"
    assert f"http://localhost:8080{ADDRESS}" in answer.text
    assert f"webcal://localhost:8080{ADDRESS}" in answer.text
    assert sent_json(last_sent(services, "/calendar-feeds")) == {"kind": "person"}
    assert ADDRESS not in browse("/my/calendar").text


@pytest.mark.parametrize(
    ("path", "office", "body"),
    [("/my/calendar", None, {"kind": "person"}), ("/desk/calendars", WORKER, {"kind": "community"})],
)
def test_an_address_carries_what_its_maker_calls_it(browse, services, path, office, body):
    form = {"of": "community", "label": " 门口的平板 ", "key": "k" * 12}

    browse(path, office, method="POST", form=form)

    assert sent_json(last_sent(services, "/calendar-feeds")) == body | {"label": "门口的平板"}


@pytest.mark.parametrize(("path", "office"), [("/my/calendar", None), ("/desk/calendars", WORKER)])
def test_addresses_in_use_are_told_apart_and_revoking_says_what_follows(browse, path, office):
    text = browse(path, office).text

    first = text.split('<ul class="list">')[1].split("</li>")[0]
    assert "<b>门口的平板</b>" in first and "议事茶亭 ・ 11月20日" in first
    assert "不再更新，也不能恢复" in first and "确定停用" in first


@pytest.mark.parametrize(("path", "office"), [("/my/calendar", None), ("/desk/calendars", WORKER)])
def test_too_long_a_name_of_an_address_is_said_beside_the_field_and_kept(browse, services, path, office):
    wrong = [{"field": "label", "code": "too_long", "detail": ""}]
    services.refuse("POST", f"{API}/calendar-feeds", 400, "bad_request", errors=wrong)

    answer = browse(path, office, method="POST", form={"of": f"room {ID}11", "label": "名" * 41, "key": "k" * 12})

    assert answer.status_code == 400
    assert 'id="e-label">写得太长，或太多：名称。' in answer.text and f'value="{"名" * 41}"' in answer.text


@pytest.mark.parametrize(("path", "office"), [("/my/calendar", None), ("/desk/calendars", WORKER)])
def test_without_an_address_in_use_the_page_says_what_will_stand_there(browse, services, path, office):
    services.refusals["GET", f"{API}/calendar-feeds"] = 200, {"items": []}

    assert "还没有在用的网址" in browse(path, office).text


def test_a_revoked_address_is_said_to_be_gone(browse, services):
    answer = browse(f"/my/calendar/{FEED}/revocation", method="POST", form={"key": "k" * 12})

    assert answer.headers["Location"] == "/my/calendar?revoked=1"
    assert last_sent(services, f"/calendar-feeds/{FEED}/revocation")


@pytest.mark.parametrize(
    ("of", "body"),
    [
        ("community", {"kind": "community"}),
        (f"room {ID}10", {"kind": "room", "space_id": f"{ID}10"}),
    ],
)
def test_the_counter_makes_calendars_of_places(browse, services, of, body):
    answer = browse("/desk/calendars", WORKER, method="POST", form={"of": of, "key": "k" * 12})

    assert answer.status_code == 200
    assert ADDRESS in answer.text
    assert sent_json(last_sent(services, "/calendar-feeds")) == body


def test_the_total_of_a_day_is_called_a_total_over_cash_and_what_was_paid_online(browse):
    text = browse("/desk/day-end", OPERATOR).text

    total = text.split('<tr class="total">')[1].split("</tr>")[0]
    assert "合计" in total and "¥220.00" in total and "¥60.00" in total and "抽屉" not in total


def test_a_day_that_was_passed_over_is_named_before_the_next_is_closed(browse, services):
    assert "还没有日结" not in browse("/desk/day-end", OPERATOR).text

    services.refusals["GET", f"{API}/venues/{ID}01/days"] = 200, {"items": [closed_day("2026-11-20")]}

    text = browse("/desk/day-end", OPERATOR).text
    assert "上一次结到 11月20日，11月21日还没有日结" in text and 'href="?day=2026-11-21">先结这一天' in text
    assert "还没有日结" not in browse("/desk/day-end?day=2026-11-21", OPERATOR).text


def test_a_booking_without_money_says_that_there_is_none(browse, services):
    nothing = {"price_fen": 0, "deposit_fen": 0, "deposit": None, "settlement": None, "refunds": [], "payments": []}
    services.refusals["GET", f"{API}/bookings/{BOOKING}/money"] = 200, {**money(), **nothing}

    text = browse(f"/desk/money/{BOOKING}", OPERATOR).text

    assert "这一场不收钱，也没有押金" in text and "打印" not in text


def test_what_was_paid_online_is_refunded_through_the_channel_and_not_reversed_by_hand(browse, services):
    services.booking_state = "checked_in"
    services.settlement = {
        "settlement_id": BOOKING,
        "receipt_no": 42,
        "amount_fen": 6000,
        "method": "online",
        "settled_at": "2026-11-23T20:50:00+08:00",
        "reversed_at": None,
    }
    services.refusals["GET", f"{API}/bookings/{BOOKING}/money"] = 200, {**money(), "refunds": []}

    counter = browse("/desk/check-in?code=K7M4P", OPERATOR).text
    page = browse(f"/desk/money/{BOOKING}", OPERATOR).text

    assert "/reversal" not in counter and "网上付的钱不在柜台冲正" in counter
    assert f"/desk/money/{BOOKING}/refund" in page and "原路退回" in page and "退款 ¥60.00" in page


def test_every_deposit_still_held_is_a_step_from_being_given_back(browse):
    text = browse("/desk/deposits", OPERATOR).text

    waiting, in_use = text.split("等客人来取的")[1].split("还要用屋子的")
    assert waiting.count(f'href="/desk/money/{BOOKING}"') == in_use.count(f'href="/desk/money/{BOOKING}"') == 1
    for part, state in ((waiting, "已取消"), (in_use, "已订")):
        assert "¥100.00" in part and state in part


def test_a_code_that_opens_nothing_any_more_leads_to_its_deposit(browse, services):
    services.refusals["GET", f"{API}/bookings"] = 200, {"items": [], "next_cursor": None}

    text = browse("/desk/check-in?code=K7M4P", OPERATOR).text

    assert "押金还在柜台" in text and f'href="/desk/money/{BOOKING}"' in text


def test_a_resident_is_told_where_the_deposit_of_an_ended_booking_waits(browse, services):
    services.booking_state = "cancelled"
    services.refusals["GET", f"{API}/bookings/{BOOKING}"] = 200, {**services.booking(), "deposit_fen": 10000}

    text = browse(f"/my/bookings/{BOOKING}").text

    assert "押金 ¥100.00 还在茶馆柜台" in text and "报取屋号 K7M4P" in text


def test_closing_while_the_teahouse_is_open_asks_to_confirm_it(browse, services):
    path = f"{API}/venues/{ID}01/days/2026-11-23/closing"
    services.refuse(
        "POST", path, 409, "still_open", detail="茶馆今天开到 22:00。", closes_at="2026-11-23T22:00:00+08:00"
    )
    form = {"day": "2026-11-23", "counted": "220", "key": "k" * 12}

    asked = browse("/desk/day-end", OPERATOR, method="POST", form=form)
    services.refusals.clear()
    browse("/desk/day-end", OPERATOR, method="POST", form={**form, "confirm": "yes"})

    assert asked.status_code == 409 and "开到 22:00" in asked.text and 'name="confirm"' in asked.text
    assert sent_json(last_sent(services, "/closing")) == {"counted_cash_fen": 22000, "confirm": True}
