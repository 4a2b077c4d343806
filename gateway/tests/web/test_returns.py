# SPDX-License-Identifier: Apache-2.0
"""What comes back of the money is said before paying, before cancelling and afterwards, with its amount."""

from __future__ import annotations

import re

import pytest
from gateway.web.my import returns

from .conftest import COMMUNITY, ID
from .fake_answers import SPACES
from .fake_money import money as invented

BOOKING = f"/my/bookings/{ID}21"
API = "/api/venue/v1/bookings"
PAID = {
    "settlement_id": f"{ID}21",
    "receipt_no": 7,
    "amount_fen": 6000,
    "method": "online",
    "settled_at": "2026-11-23T14:00:00+08:00",
    "reversed_at": None,
}


def answers(services, path: str, body: dict) -> None:
    """Let the invented venue answer this of a path."""
    services.refusals["GET", path] = (200, body)


@pytest.fixture
def paid(services):
    """A booking paid online; what comes of it is said by ``paid``."""
    services.settlement = PAID

    def ends(refunds: tuple[int, ...] = (), executed: bool = True, **more) -> None:
        row = {"refund_id": f"{ID}82", "method": "online", "reason_code": "late_cancelled"}
        row |= {"refunded_at": "2026-11-23T15:00:00+08:00", "executed": executed}
        told = {
            **invented(),
            "deposit": None,
            "settlement": PAID,
            "refunds": [row | {"amount_fen": n} for n in refunds],
        }
        told["payments"] = [{**told["payments"][0], "state": "refunded", "failure_code": None}] if refunds else []
        answers(services, f"{API}/{ID}21/money", told)
        answers(services, f"{API}/{ID}21", {**services.booking(), **more})

    ends()
    return ends


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def test_before_paying_one_reads_what_a_late_cancellation_gives_back(browse):
    assert "网上付了，11月23日 18:00 以前取消全退；以后取消只退 ¥30.00。" in words(browse(f"{BOOKING}/payment"))


def test_before_cancelling_in_time_one_reads_that_all_comes_back_and_until_when(browse, paid):
    assert "付过的 ¥60.00 全退。 11月23日 18:00 以后取消，只退 ¥30.00。" in words(browse(BOOKING))


def test_before_cancelling_late_one_reads_what_is_lost(browse, paid):
    paid(late_cancel_from="2026-11-23T14:00:00+08:00")

    text = words(browse(BOOKING))

    assert "付过 ¥60.00：现在取消只退 ¥30.00，¥30.00 不退。" in text
    assert "不收钱" not in text


def test_after_cancelling_late_one_reads_what_was_kept(browse, paid):
    paid((3000,), state="cancelled", late_cancelled=True, cancellable=False)

    for page in (BOOKING, f"{BOOKING}/payment"):
        text = words(browse(page))
        assert "付过 ¥60.00，退给您 ¥30.00。 ¥30.00 不退。" in text
        assert "不收钱" not in text and "正在原路退回" not in text


def test_a_partial_refund_is_labelled_with_its_amount(browse, paid):
    paid((3000,), state="cancelled", late_cancelled=True, cancellable=False)

    text = browse(f"{BOOKING}/payment").text

    assert "退回 ¥30.00</span>" in text and "已退回" not in text


def test_what_came_back_whole_is_labelled_so_at_the_head_of_the_payment_page_and_not_as_paid(browse, paid):
    paid((6000,), state="cancelled", cancellable=False)

    head = browse(f"{BOOKING}/payment").text.partition("<h1>")[2].partition("<section")[0]

    assert "已退回" in head and "已收款" not in head


def test_money_on_its_way_is_said_even_before_the_refund_is_written(browse, paid):
    paid(state="cancelled", late_cancelled=True, cancellable=False)

    assert "退给您 ¥30.00。 ¥30.00 不退。 正在原路退回。" in words(browse(BOOKING))


def test_cancelled_without_having_paid_nothing_is_charged(browse, services):
    services.booking_state = "cancelled"

    assert "已经取消，时间让给别人了。 不收钱。" in words(browse(BOOKING))


def test_what_is_paid_is_not_to_be_paid_on_the_spot(browse, paid):
    text = words(browse(BOOKING))

    assert "¥60.00，网上付过了。" in text and "当场付" not in text


def test_the_payment_page_of_a_cancelled_booking_says_that_it_is_cancelled(browse, paid):
    paid((6000,), state="cancelled", cancellable=False)

    head = browse(f"{BOOKING}/payment").text.split('class="head"')[1].split("</div>")[1]

    assert "已取消" in head


def test_a_closure_is_told_in_its_own_words(browse, services, paid):
    paid((6000,), state="cancelled", ended_reason="closure", cancellable=False)
    row = {"starts_at": "2026-11-23T19:00:00+08:00", "ends_at": "2026-11-23T21:00:00+08:00", "state": "busy"}
    row |= {"regime": None, "price_fen_per_hour": None, "kind": "closure", "label": "消毒"}
    week = {"days": [{"date": "2026-11-23", "intervals": [row]}]}
    answers(services, f"/api/venue/v1/divisions/{COMMUNITY}/spaces/{SPACES[0]}/week", week)

    text = words(browse(BOOKING))

    assert "社区取消了这次预订：那段时间屋子停用：消毒。不是您的原因。" in text
    assert "closure" not in text and "让给别人" not in text


@pytest.mark.parametrize("code", ["series_cancelled", "rule_changed", "closure"])
def test_no_code_of_a_reason_is_shown(browse, services, code):
    answers(services, f"{API}/{ID}21", {**services.booking(), "state": "cancelled", "ended_reason": code})

    for page, office in ((BOOKING, None), (f"/desk/bookings/{ID}21", "community_worker")):
        assert code not in words(browse(page, office))


def test_half_of_an_odd_fen_is_rounded_as_the_venue_rounds():
    money = {"refund_percent_late": 50, "deposit": None, "refunds": []}

    found = returns.told({"state": "confirmed", "settlement": {**PAID, "amount_fen": 5001}}, money)

    assert (found.late_fen, found.lost_late_fen) == (2500, 2501)


def test_a_page_that_was_used_before_books_nothing_anew_and_says_so(browse, services):
    services.booking_state = "cancelled"

    text = browse(f"{BOOKING}?new=1").text

    assert "没有订新的" in text and "请重新选时间" in text and 'href="/my/venue?space=' in text
    assert "没有订新的" not in browse(BOOKING).text


def test_the_counter_reads_that_a_booking_it_cancels_is_refunded_whole(browse, services):
    services.settlement = PAID
    assert "付过的 ¥60.00 全退。" in words(browse(f"/desk/bookings/{ID}21", "community_worker"))

    services.settlement = None
    assert "开始前取消不收钱。" in words(browse(f"/desk/bookings/{ID}21", "community_worker"))


def test_cancelling_a_series_promises_nothing_about_what_was_paid(browse):
    text = words(browse(f"/my/series/{ID}a1"))

    assert "网上付过的，取消得晚只退一部分。" in text and "开始前取消不收钱" not in text
