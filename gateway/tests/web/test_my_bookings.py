# SPDX-License-Identifier: Apache-2.0
"""A resident books in three screens, keeps a time to think, hears every rule at once, moves and takes back."""

from __future__ import annotations

import re

import pytest

from .fake_answers import EQUIPMENT, SPACES, venue
from .fake_services import sent_json

ID = "0197f000-0000-7000-8000-0000000000"
BOOKING = f"/my/bookings/{ID}21"
SLOT = {"space_id": SPACES[0], "starts_at": "2026-11-26T19:00:00+08:00", "ends_at": "2026-11-26T21:00:00+08:00"}
BOOK = "/api/venue/v1/bookings"


def wishes(services, path=BOOK) -> list[dict]:
    return [sent_json(one) for one in services.sent if one.method == "POST" and one.url.path == path]


def failure(code: str, reason: str) -> dict:
    return {"code": code, "reason": reason, "reasons": {"zh": reason, "en": reason}, "details": {}}


def test_an_end_that_is_chosen_folds_the_list_of_ends_away(browse):
    page = f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00"
    assert "到几点结束？" in browse(page).text

    chosen = browse(f"{page}&end=21:00").text

    assert "到几点结束？" not in chosen and "<b>21:00 结束</b>" in chosen
    assert 'id="deal"' in chosen and "交申请" not in chosen


@pytest.mark.parametrize("start, own", [("15:00", True), ("16:30", True), ("19:00", False)])
def test_a_start_in_ones_own_booking_points_to_it_and_blames_nobody_else(browse, start, own):
    page = browse(f"/my/venue/{ID}10/book?date=2026-11-25&start={start}").text

    assert ("您自己已经订了" in page and 'href="/my/bookings">看我的预订' in page) == own
    assert ("您点的时间现在不空了" in page) != own


def test_a_room_that_needs_approval_says_so_before_the_button(browse, services):
    rooms = {"items": [venue(False)]}
    rooms["items"][0]["spaces"][0]["needs_approval"] = True
    services.refusals["GET", "/api/venue/v1/divisions/510104030006/venues"] = 200, rooms

    text = browse(f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00&end=21:00").text

    assert text.index("这个时间要社区批准") < text.index("交申请") and ">订这间" not in text
    assert "先留住" not in text and "，当场付 ¥" not in text.split("交申请")[1]


def test_the_enter_key_books_and_does_not_hold(browse):
    form = browse(f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00&end=21:00").text.split('id="deal"')[1]

    first = re.search(r"<button[^>]*>", form)[0]  # which a browser presses for the key

    assert 'name="hold"' in form and "hold" not in first and "main" in first


def test_from_the_week_to_a_booking_are_three_screens(browse, services):
    week = browse("/my/venue").text
    times = re.search(r'href="(/my/venue/[^"]+start=19:00)"', week)[1].replace("&amp;", "&")
    deal = re.search(r'href="([^"]+end=21:00)#deal"', browse(times).text)[1].replace("&amp;", "&")
    form = browse(deal).text.split('id="deal"')[1]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))

    answer = browse("/my/bookings", method="POST", form=fields)

    assert answer.status_code == 303
    assert wishes(services)[0]["starts_at"].endswith("T19:00:00+08:00")


def test_a_time_is_kept_then_booked_with_the_minutes_left_in_words(browse, services):
    kept = browse("/my/bookings", method="POST", form={**SLOT, "hold": "yes"})
    text = browse(kept.headers["Location"]).text

    assert wishes(services)[0]["hold"] is True
    assert "先替您留着" in text and "还留 5 分钟" in text and "到 15:05 不点" in text

    done = browse(f"{BOOKING}/confirmation", method="POST", form={"version": "3"})

    sent = next(one for one in services.sent if one.url.path.endswith("/confirmation"))
    assert sent.headers["If-Match"] == '"3"' and sent.headers["Idempotency-Key"]
    assert "订好了" in browse(done.headers["Location"]).text


def test_a_hold_that_ran_out_says_so_and_leads_to_the_same_day(browse, services):
    services.booking_state = "lapsed"
    services.refuse("POST", f"{BOOK}/{ID}21/confirmation", 409, "hold_expired", detail="暂留的时间已过")

    answer = browse(f"{BOOKING}/confirmation", method="POST", form={"version": "3"})

    assert answer.status_code == 409
    assert "留的时间已经过了" in answer.text
    assert f'href="/my/venue?space={SPACES[0]}&amp;date=2026-11-23"' in answer.text


def test_every_rule_that_refuses_is_listed_with_three_ways_out(browse, services):
    free = {**SLOT, "space_id": SPACES[1], "space_name": "服务驿站", "price_fen": 0}
    services.check = {
        "allowed": False,
        "failures": [failure("too_long", "太久"), failure("too_many_people", "人太多")],
        "alternatives": [free, free, free],
    }
    services.refuse("POST", BOOK, 422, "too_long", detail="太久")

    answer = browse("/my/bookings", method="POST", form=SLOT)

    assert answer.status_code == 422
    assert answer.text.count("太久") >= 1 and "<li><b>人太多</b></li>" in answer.text
    assert "<li><b>太久</b></li>" not in answer.text
    assert answer.text.count(">订这个<") == 3
    assert wishes(services, f"{BOOK}/check") == [SLOT]


def test_a_refusal_stands_even_when_the_rules_cannot_be_asked(browse, services):
    services.refuse("POST", f"{BOOK}/check", 503, "unavailable")
    services.refuse("POST", BOOK, 409, "slot_taken", detail="19:00 已有人订")

    assert "19:00 已有人订" in browse("/my/bookings", method="POST", form=SLOT).text


def test_a_time_across_two_regimes_is_offered_with_both_prices_and_booked_with_one_click(browse, services):
    parts = [
        {"regime": "public_benefit", "starts_at": "2026-11-26T17:00:00+08:00", "ends_at": "2026-11-26T18:00:00+08:00"},
        {"regime": "commercial", "starts_at": "2026-11-26T18:00:00+08:00", "ends_at": "2026-11-26T19:00:00+08:00"},
    ]
    parts = [
        {**part, "price_fen": price, "price_fen_per_hour": price} for part, price in zip(parts, (0, 3000), strict=True)
    ]
    services.refuse("POST", BOOK, 422, "crosses_regime", detail="跨了时段", parts=parts, price_fen=3000)

    text = browse("/my/bookings", method="POST", form=SLOT).text
    form = re.search(r'<form class="sheet now".*?</form>', text, re.S)[0]

    assert "17:00—18:00" in form and "公益时段" in form and "免费" in form
    assert "18:00—19:00" in form and "商业时段" in form and "合计 ¥30.00" in form
    del services.refusals["POST", BOOK]
    browse("/my/bookings", method="POST", form={**SLOT, "split": "yes"})
    assert wishes(services)[-1]["split"] is True


def test_the_times_page_offers_the_next_regime_too(browse):
    text = browse(f"/my/venue/{ID}10/book?date=2026-11-26&start=17:00&end=19:00").text
    deal = text.split('id="deal"')[1]

    assert 'name="split" value="yes"' in deal and "合计 <b>¥30.00</b>" in deal
    assert "按两段价格一起订" in text


def test_equipment_is_chosen_from_what_there_is(browse, services):
    text = browse(f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00&end=21:00").text
    assert f'name="equipment-{EQUIPMENT}"' in text and "共 2 件" in text

    browse("/my/bookings", method="POST", form={**SLOT, f"equipment-{EQUIPMENT}": "2", "equipment-x": "0"})

    assert wishes(services)[0]["equipment"] == [{"equipment_id": EQUIPMENT, "quantity": 2}]


def test_a_taken_time_leads_to_the_waiting_list(browse, services):
    week = browse("/my/venue").text
    assert f'href="/my/waiting/new?space_id={SPACES[0]}&amp;on=2026-11-24&amp;from=11:00&amp;until=13:00"' in week

    services.refuse("POST", BOOK, 409, "slot_taken", detail="有人了")
    refused = browse("/my/bookings", method="POST", form=SLOT).text
    assert f'href="/my/waiting/new?space_id={SPACES[0]}&amp;starts_at=2026-11-26T19%3A00' in refused


def test_closures_sessions_and_office_hours_say_what_they_are_and_cannot_be_booked(browse, services):
    told = [("09", "11", "busy", "closure", "检修空调", 0), ("11", "13", "busy", "session", "开放茶", 0)]
    told += [("13", "15", "reserved", None, None, None), ("15", "17", "free", None, None, 0)]
    intervals = [
        {
            "starts_at": f"2026-11-24T{first}:00:00+08:00",
            "ends_at": f"2026-11-24T{last}:00:00+08:00",
            "state": state,
            "regime": "commercial" if price is None else "public_benefit",
            "price_fen_per_hour": price,
            "kind": kind,
            "label": label,
            "mine": False,
        }
        for first, last, state, kind, label, price in told
    ]
    room = {"space_id": SPACES[0], "code": "r", "name": "议事茶亭", "capacity": 12}
    regimes = [{"code": "public_benefit", "name": "公益时段", "purposes": []}]
    regimes += [{"code": "commercial", "name": "坐班", "purposes": []}]
    week = {"regimes": regimes, "spaces": [{**room, "days": [{"date": "2026-11-24", "intervals": intervals}]}]}
    services.refuse("GET", "/api/venue/v1/availability", 200, "none", **week)

    text = browse("/my/venue?date=2026-11-24").text

    assert "检修空调" in text and "开放茶" in text and "社区活动，欢迎来" in text and "坐班 ・ 不对外订" in text
    assert re.findall(r'class="slot \w+" href="/my/venue/[^"]+start=(\d\d:\d\d)', text) == ["15:00"]
    assert "/my/waiting/new" not in text


def test_rooms_are_a_tree(browse):
    text = browse("/my/venue").text

    rooms = re.findall(r'<a class="pill" href="/my/venue\?space=[^>]*>(.*?)</a>', text)
    assert [("└" in one) for one in rooms] == [False, True, True, True, True]
    assert "整座茶馆" in rooms[0]


@pytest.mark.parametrize(
    "state, words",
    [
        ("requested", "等社区批准"),
        ("held", "先替您留着"),
        ("confirmed", "取屋号"),
        ("checked_in", "使用中"),
        ("checked_out", "用完了"),
        ("cancelled", "已经取消"),
        ("declined", "社区没有批准。</b> 原因：那天要检修"),
        ("lapsed", "没有订成"),
        ("no_show", "到时间没有来"),
    ],
)
def test_each_state_is_said_in_words(browse, services, state, words):
    services.booking_state = state

    assert words in browse(BOOKING).text


def test_cancelling_late_is_said_before_the_button(browse, services):
    assert "11月23日 18:00 以前取消不算晚" in browse(BOOKING).text

    late = {**services.booking(), "late_cancel_from": "2026-11-23T14:00:00+08:00"}
    services.refuse("GET", f"{BOOK}/{ID}21", 200, "none", **late)

    text = browse(BOOKING).text
    assert "现在取消算晚取消" in text.split('class="btn undo"')[0]


def test_moving_is_choosing_a_start_that_fits(browse, services):
    text = browse(f"{BOOKING}/move?date=2026-11-24").text
    form = re.search(r"<form[^>]*move\".*?20:00:00\+08:00.*?</form>", text, re.S)[0]
    assert "11:00—13:00" not in text and "09:00—11:00" in text

    answer = browse(f"{BOOKING}/move", method="POST", form={"version": "3", **SLOT})

    sent = next(one for one in services.sent if one.url.path.endswith("/move"))
    assert 'name="version" value="3"' in form
    assert sent_json(sent) == SLOT and sent.headers["If-Match"] == '"3"'
    assert "时间改好了" in browse(answer.headers["Location"]).text


def test_a_refused_move_says_why_and_that_the_booking_is_still_there(browse, services):
    free = {**SLOT, "space_name": "议事茶亭", "price_fen": 0}
    services.refuse("POST", f"{BOOK}/{ID}21/move", 409, "slot_taken", detail="有人了", alternatives=[free])

    answer = browse(f"{BOOKING}/move", method="POST", form={"version": "3", **SLOT})

    assert answer.status_code == 409
    assert "有人了" in answer.text and "原来的预订还在" in answer.text and "改到 11月26日 19:00—21:00" in answer.text


@pytest.mark.parametrize("state", ["cancelled", "checked_out", "no_show"])
def test_what_is_over_is_not_moved(browse, services, state):
    services.booking_state = state

    assert browse(f"{BOOKING}/move").status_code == 404


def test_what_is_to_come_stands_first_and_dates_of_a_series_together(browse, services):
    row = services.booking()
    dates = [f"2026-11-{day}" for day in (24, 25, 26)]
    series = [
        {
            **row,
            "booking_id": f"{ID}2{n}",
            "series_id": "s",
            "starts_at": f"{on}T19:00:00+08:00",
            "ends_at": f"{on}T20:00:00+08:00",
        }
        for n, on in enumerate(dates)
    ]
    over = {
        **row,
        "state": "checked_out",
        "starts_at": "2026-11-20T19:00:00+08:00",
        "ends_at": "2026-11-20T20:00:00+08:00",
    }
    services.mine = [*series, over]

    text = browse("/my/bookings").text

    coming, past = text.split("<h2>过去的和取消了的</h2>")
    assert coming.index("11月24日") < coming.index("同一个固定预订，后面还有 2 次") < coming.index("11月25日")
    assert "11月20日" in past and "11月20日" not in coming
