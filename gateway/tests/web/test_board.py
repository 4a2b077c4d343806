# SPDX-License-Identifier: Apache-2.0
"""The staff's board: complete as a page, with lanes of whole half hours and a form that moves a booking."""

from __future__ import annotations

import re

import pytest
from gateway.web import assets
from gateway.web.desk.lanes import board

from .fake_answers import SPACES
from .fake_services import sent_json

ID = "0197f000-0000-7000-8000-0000000000"
MOVE = f"/desk/bookings/{ID}21/move"
WISH = {"space_id": SPACES[1], "date": "2026-11-23", "start": "19:30", "minutes": "90", "version": "3", "days": "7"}


def lane(*intervals, bookings=()):
    rows = [
        {
            "starts_at": f"2026-11-23T{first}:00+08:00",
            "ends_at": f"2026-11-23T{last}:00+08:00",
            "state": state,
            "regime": "x",
            "price_fen_per_hour": 0,
            **more,
        }
        for first, last, state, more in intervals
    ]
    availability = {
        "spaces": [{"space_id": SPACES[0], "name": "x", "days": [{"date": "2026-11-23", "intervals": rows}]}]
    }
    return board(availability, list(bookings)).days[0][1][0].segments


def booked(first, last, state="confirmed"):
    at = {"starts_at": f"2026-11-23T{first}:00+08:00", "ends_at": f"2026-11-23T{last}:00+08:00"}
    return {**at, "space_id": SPACES[0], "state": state, "price_fen": 0, "booking_id": first}


def test_a_lane_has_no_gap_and_no_overlap():
    parts = lane(("09:00", "13:00", "free", {}), ("14:00", "18:00", "free", {}), bookings=[booked("10:00", "11:30")])

    assert [(one.first // 30, one.last // 30, one.look) for one in parts] == [
        (18, 20, "benefit"), (20, 23, "benefit"), (23, 26, "benefit"), (26, 28, "closed"), (28, 36, "benefit"),
    ]  # fmt: skip
    assert [one.booking is not None for one in parts] == [False, True, False, False, False]


@pytest.mark.parametrize(
    "state, lies", [("held", True), ("requested", False), ("cancelled", False), ("no_show", False)]
)
def test_only_what_takes_the_room_lies_in_a_lane(state, lies):
    parts = lane(("09:00", "13:00", "free", {}), bookings=[booked("10:00", "11:00", state)])

    assert any(one.booking for one in parts) is lies


def test_a_half_hour_that_cleaning_takes_in_part_is_whole_on_the_board():
    parts = lane(("09:00", "10:40", "busy", {}), ("10:40", "12:00", "free", {}))

    assert [(one.look, one.columns) for one in parts] == [("busy", 4), ("benefit", 2)]


def test_a_closure_of_the_house_is_one_line_of_the_days_list():
    shut = {"state": "busy", "kind": "closure", "label": "检修", "regime": "x", "price_fen_per_hour": 0}
    times = {"starts_at": "2026-11-23T09:00:00+08:00", "ends_at": "2026-11-23T10:00:00+08:00"}
    spaces = [
        {"space_id": name, "name": name, "days": [{"date": "2026-11-23", "intervals": [{**times, **shut}]}]}
        for name in ("a", "b")
    ]

    entries = board({"spaces": spaces}, []).days[0].entries

    assert [(one.stretch.label, rooms) for one, rooms in entries] == [("检修", ["a", "b"])]


def test_a_session_and_a_closure_say_what_they_are():
    parts = lane(
        ("09:00", "11:00", "busy", {"kind": "session", "label": "开放茶"}),
        ("11:00", "12:00", "busy", {"kind": "closure", "label": "检修"}),
        ("12:00", "13:00", "busy", {}),
    )

    assert [(one.look, one.stretch.label) for one in parts] == [
        ("session", "开放茶"), ("closed", "检修"), ("busy", None),
    ]  # fmt: skip


def test_a_booking_past_midnight_widens_the_board():
    late = {**booked("23:00", "23:30"), "ends_at": "2026-11-24T01:00:00+08:00"}

    parts = lane(("18:00", "23:30", "free", {}), bookings=[late])

    assert (parts[-1].first, parts[-1].last) == (23 * 60, 25 * 60)


def test_the_lanes_of_a_week_stand_day_by_day(browse):
    text = browse("/desk/board?days=7", "community_worker").text

    assert text.count('class="day"') == 7 and text.count("data-space=") == 7 * (len(SPACES) - 1)
    assert text.count('href="/desk/board?date=2026-11-25"') == 1


def test_a_house_has_a_lane_in_the_week_only_where_it_is_booked_as_a_whole(browse, services):
    services.slot = SPACES[4], "2026-11-23T19:00:00+08:00", "2026-11-23T21:00:00+08:00"

    text = browse("/desk/board?days=7", "community_worker").text

    lanes = re.findall(r'data-space="([^"]+)" data-date="([^"]+)"', text)
    assert [on for space, on in lanes if space == SPACES[4]] == ["2026-11-23"]
    assert f'data-space="{SPACES[4]}"' in browse("/desk/board?date=2026-11-24", "community_worker").text


def test_a_day_leads_to_the_other_days_of_its_week(browse):
    text = browse("/desk/board?date=2026-11-25", "community_worker").text

    strip = re.search(r'<nav class="days".*?</nav>', text)[0]
    assert re.findall(r'date=([\d-]+)"( aria-current)?', strip) == [
        (f"2026-11-{day}", " aria-current" if day == 25 else "") for day in range(23, 30)
    ]


def test_a_phone_has_a_days_bookings_in_one_list_with_the_rooms_that_are_free(browse):
    text = browse("/desk/board", "community_worker").text.split('<div class="phone">')[1]

    assert text.count("<h2") == 1 and text.count("K7M4P") == 1 and text.index("19:00—21:00") < text.index("没有预订：")
    assert "议事茶亭" not in text.split("没有预订：")[1]


def test_choosing_a_booking_shows_a_form_with_where_it_is_now(browse):
    text = browse(f"/desk/board?move={ID}21", "community_worker").text

    form = re.search(r'<form class="sheet now" id="move".*?</form>', text, re.S)[0]
    assert f'value="{SPACES[0]}" selected' in form and "<option selected>19:00" in form
    assert 'value="2026-11-23"' in form and 'value="120" selected' in form and 'name="version" value="3"' in form


def test_moving_sends_place_time_version_and_key_and_comes_back_to_the_new_day(browse, services):
    answer = browse(MOVE, "community_worker", method="POST", form=WISH)

    sent = next(request for request in services.sent if request.method == "POST")
    assert sent.headers["If-Match"] == '"3"' and sent.headers["Idempotency-Key"]
    assert sent_json(sent) == {
        "space_id": SPACES[1],
        "starts_at": "2026-11-23T19:30:00+08:00",
        "ends_at": "2026-11-23T21:00:00+08:00",
    }
    assert answer.status_code == 303
    page = browse(answer.headers["Location"], "community_worker").text
    assert "搬好了：</b>服务驿站 11月23日 19:30—21:00" in page


@pytest.mark.parametrize("status, code", [(409, "slot_taken"), (412, "stale_version"), (422, "crosses_regime")])
def test_a_refused_move_says_why_and_leaves_the_booking_where_it_was(browse, services, status, code):
    services.refuse("POST", f"/api/venue/v1/bookings/{ID}21/move", status, code, detail="19:30 已有人订")

    answer = browse(MOVE, "community_worker", method="POST", form=WISH)

    assert answer.status_code == status
    assert "19:30 已有人订" in answer.text and "预订还在原处" in answer.text
    assert 'data-first="1140" data-length="120"' in answer.text


def test_a_refused_move_offers_what_is_free_with_one_click(browse, services):
    free = {"space_id": SPACES[2], "space_name": "长者空间", "price_fen": 0}
    free |= {"starts_at": "2026-11-23T13:00:00Z", "ends_at": "2026-11-23T14:00:00Z"}
    home = {**free, "space_id": SPACES[0], "starts_at": "2026-11-23T11:00:00Z"}
    services.refuse("POST", f"/api/venue/v1/bookings/{ID}21/move", 409, "slot_taken", alternatives=[home, free])

    text = browse(MOVE, "community_worker", method="POST", form=WISH).text

    form = re.search(r'<form class="row".*?</form>', text, re.S)[0]
    assert f'value="{SPACES[2]}"' in form and 'name="start" value="21:00"' in form
    assert text.count(">搬到这里<") == 1


def test_the_board_leads_on_from_a_refused_move(browse, services):
    services.refuse("POST", f"/api/venue/v1/bookings/{ID}21/move", 409, "slot_taken")

    text = browse(MOVE, "community_worker", method="POST", form=WISH).text

    main = text.split('id="main"')[1]
    assert 'href="?' not in main and 'href="/desk/board?date=2026-11-30' in main


@pytest.mark.parametrize("wrong", [{"date": "soon"}, {"start": "late"}, {"minutes": "0"}, {"minutes": "99999"}])
def test_nonsense_moves_nothing(browse, services, wrong):
    answer = browse(MOVE, "community_worker", method="POST", form={**WISH, **wrong})

    assert answer.status_code in (400, 404)
    assert [request for request in services.sent if request.method == "POST"] == []


def test_the_operator_sees_the_board_and_cannot_move(browse):
    text = browse(f"/desk/board?move={ID}21", "venue_operator").text

    assert "K7M4P" in text and 'id="move"' not in text and "data-id=" not in text and "<script" not in text


def test_the_board_names_nobody(browse, services):
    assert "居民甲" not in browse("/desk/board?days=7", "community_worker").text
    assert not [request for request in services.sent if "/persons" in request.url.path]


def test_the_script_is_small_and_only_the_boards_page_may_run_it(browse):
    assert len(assets.SCRIPT) <= 6 * 1024
    assert browse(assets.SCRIPT_ADDRESS, signed_in=False).mimetype == "text/javascript"
    assert browse("/static/board-000000000000.js", signed_in=False).status_code == 404
    assert "script-src 'self'" in browse("/desk/board", "community_worker").headers["Content-Security-Policy"]
    assert "script-src" not in browse("/desk/day", "community_worker").headers["Content-Security-Policy"]
