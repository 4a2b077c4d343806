# SPDX-License-Identifier: Apache-2.0
"""The terms of booking: set on one page, and told wherever somebody decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from gateway.web.desk import terms

from .conftest import ID, SECRETARY, WORKER
from .fake_services import sent_json

BOOKING = f"{ID}21"
API = "/api/venue/v1"
CONTRACT = Path(__file__).parents[3] / "contracts" / "openapi" / "venue.v1.yaml"
FORM = {
    "horizon_days": "30",
    "longest_minutes": "240",
    "lead_minutes": "60",
    "late_cancel_minutes": "120",
    "grace_minutes": "20",
    "hold_minutes": "10",
    "offer_minutes": "45",
    "marks_limit": "4",
    "marks_days": "60",
    "pause_days": "14",
    "own_series_dates": "8",
    "refund_percent_late": "40",
    "pays_online": "yes",
}


def test_the_secretary_sets_every_term_of_booking(browse, services):
    page = browse("/desk/terms", SECRETARY).text
    assert 'name="refund_percent_late" value="50"' in page.replace(' id="f-refund_percent_late"', "")

    answer = browse("/desk/terms", SECRETARY, method="POST", form={**FORM, "version": "7", "key": "k" * 12})

    sent = next(one for one in reversed(services.sent) if one.method == "PATCH")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/terms?done=saved")
    assert sent_json(sent) == {
        "limits": {
            "horizon_days": 30,
            "longest_minutes": 240,
            "lead_minutes": 60,
            "late_cancel_minutes": 120,
            "grace_minutes": 20,
            "hold_minutes": 10,
            "offer_minutes": 45,
            "marks_limit": 4,
            "marks_days": 60,
            "pause_days": 14,
            "own_series_dates": 8,
        },
        "refund_percent_late": 40,
        "pays_online": True,
    }
    assert sent.headers["If-Match"] == '"7"'


@pytest.mark.parametrize("untold", ["pays_online"])
def test_a_box_that_is_not_ticked_says_no(browse, services, untold):
    form = {name: value for name, value in FORM.items() if name != untold}

    browse("/desk/terms", SECRETARY, method="POST", form={**form, "version": "7"})

    assert sent_json(next(one for one in reversed(services.sent) if one.method == "PATCH"))[untold] is False


def test_a_refused_number_stands_beside_its_field_and_what_was_typed_stays(browse, services):
    wrong = [{"field": "limits.grace_minutes", "code": "x", "detail": "5 到 120"}]
    services.refuse("PATCH", f"{API}/venues/{ID}01", 400, "bad_request", errors=wrong)

    text = browse("/desk/terms", SECRETARY, method="POST", form={**FORM, "grace_minutes": "3"}).text

    assert 'id="e-grace_minutes"' in text and 'value="3"' in text


@pytest.mark.parametrize("name", sorted(terms.NUMBERS))
@pytest.mark.parametrize("typed", ["", "99999", "x"])
def test_a_refused_number_is_called_as_its_field_and_told_its_range(browse, services, name, typed):
    field = name if name == "refund_percent_late" else f"limits.{name}"
    services.refuse(
        "PATCH", f"{API}/venues/{ID}01", 400, "bad_request", errors=[{"field": field, "code": "out_of_range"}]
    )

    page = browse("/desk/terms", SECRETARY, method="POST", form={**FORM, name: typed}).text

    called = re.search(rf'<label for="f-{name}">([^<]+)', page)[1]
    least, most = terms.NUMBERS[name]
    told = re.search(rf'id="e-{name}">([^<]+)', page)[1]
    assert told == (f"{called}：请写 {least} 到 {most} 的整数。" if typed else f"还没有写：{called}。")


def test_the_ranges_are_the_contracts():
    contract = yaml.safe_load(CONTRACT.read_text("utf-8"))["components"]["schemas"]["UpdateVenue"]["properties"]
    numbers = {**contract["limits"]["properties"], "refund_percent_late": contract["refund_percent_late"]}

    assert {name: (one["minimum"], one["maximum"]) for name, one in numbers.items()} == terms.NUMBERS


def test_staff_without_the_office_cannot_set_terms(browse, services):
    services.refuse("GET", f"{API}/venues/{ID}01", 403, "permission_missing")

    assert browse("/desk/terms", WORKER).status_code == 403


def test_the_public_page_tells_the_terms(browse):
    text = browse(f"/board/510104030006/venues/{ID}10").text

    assert "最多提前 60 天订，一次最长 9 小时" in text
    terms = text.split("预订的规矩")[1].split("</ul>")[0]
    assert "开始前 2 小时以内取消，只退 50%" in terms
    assert "开始前 2 小时以内取消算晚，会记一次。 刚订好的 15 分钟里，只要还没开始，取消都不算晚。" in terms
    assert "开始 15 分钟还没人签到，屋子让给别人" in text and "付过的钱不退" in text


def test_before_booking_it_is_told_that_there_is_time_for_second_thoughts(browse):
    path = f"/my/venue/{ID}10/book?date=2026-11-24&start=19:00&end=21:00"
    english = browse(path, cookies={"linli-language": "en"}).text

    assert "取消得太晚会记一次。 刚订好的 15 分钟里，只要还没开始，取消都不算晚。" in browse(path).text
    assert "In the first 15 minutes after booking" in english


def test_before_booking_and_before_paying_it_is_told_what_staying_away_costs(browse):
    deal = browse(f"/my/venue/{ID}10/book?date=2026-11-24&start=19:00&end=21:00").text
    paying = browse(f"/my/bookings/{BOOKING}/payment").text

    for page in (deal, paying):
        assert "开始 15 分钟还没人签到，屋子让给别人" in page and "付过的钱不退" in page


def test_who_stayed_away_is_told_what_became_of_the_money(browse, services):
    services.booking_state = "no_show"
    services.settlement = {
        "settlement_id": BOOKING,
        "receipt_no": 42,
        "amount_fen": 6000,
        "method": "online",
        "settled_at": "2026-11-23T20:50:00+08:00",
        "reversed_at": None,
    }

    assert "付过的 ¥60.00 不退" in browse(f"/my/bookings/{BOOKING}").text


def test_a_venue_that_published_no_terms_yet_is_shown_all_the_same(browse, services, monkeypatch):
    from . import fake_services

    before = {name: value for name, value in fake_services.venue(False).items() if name != "terms"}
    monkeypatch.setattr(fake_services, "venue", lambda _english: before)

    for page in (f"/my/bookings/{BOOKING}", f"/board/510104030006/venues/{ID}10"):
        assert browse(page).status_code == 200
