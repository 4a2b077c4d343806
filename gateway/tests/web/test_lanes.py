# SPDX-License-Identifier: Apache-2.0
"""A day's rooms as a small drawing: on the hours the week is open, and as long as anything lies."""

from __future__ import annotations

import re

import pytest
from gateway.web.desk.lanes import board, strip

from .fake_services import FakeServices

ROOM = "a"


def week(*opening):
    rows = [
        {
            "starts_at": f"2026-11-{day}T{first}:00+08:00",
            "ends_at": f"2026-11-{day}T{last}:00+08:00",
            "state": "free",
            "regime": "x",
            "price_fen_per_hour": 0,
        }
        for day, first, last in opening
    ]
    days = [{"date": row["starts_at"][:10], "intervals": [row]} for row in rows]
    return {"spaces": [{"space_id": ROOM, "name": "议事茶亭", "days": days}]}


def booked(first, last):
    return {
        "space_id": ROOM,
        "starts_at": f"2026-11-23T{first}:00+08:00",
        "ends_at": f"2026-11-23T{last}:00+08:00",
        "price_fen": 0,
    }


def test_the_hours_are_those_the_week_is_open():
    drawn = strip(week((23, "13:30", "17:00"), (24, "14:00", "20:30")), [booked("15:00", "17:00")])

    assert (drawn.opens, drawn.closes) == (13 * 60, 21 * 60)
    assert drawn.hours == [(13, 0.0), (15, 25.0), (17, 50.0), (19, 75.0)]
    assert (drawn.at(15 * 60), drawn.at(17 * 60)) == (25.0, 50.0)


def test_a_booking_outside_the_opening_widens_the_drawing():
    drawn = strip(week((23, "10:00", "18:00")), [booked("08:30", "10:00"), booked("19:00", "20:00")])

    assert (drawn.opens, drawn.closes) == (8 * 60, 20 * 60)


@pytest.mark.parametrize("at", [0, 24 * 60])
def test_what_is_outside_lies_at_the_edge(at):
    assert strip(week((23, "10:00", "18:00")), []).at(at) in (0, 100)


def test_a_week_that_cannot_be_read_is_not_drawn():
    assert strip(None, [booked("09:00", "10:00")]) is None


@pytest.mark.parametrize("path", ["/desk", "/desk/day", "/desk/day?date=2026-11-26"])
def test_the_desks_pages_ask_for_the_week_and_stand_without_it(browse, services: FakeServices, path):
    text = browse(path, "community_worker").text

    asked = [one.url.params for one in services.sent if one.url.path.endswith("/availability")]
    assert [(one["from"], one["days"]) for one in asked] == [("2026-11-23", "7")]
    assert re.findall(r"<text[^>]*>([^<]+)<", text) == ["9点", "13", "17", "21"]
    services.refuse("GET", "/api/venue/v1/availability", 503, "service_unavailable")
    answer = browse(path, "community_worker")
    assert answer.status_code == 200 and '<table class="lanes">' not in answer.text


def late(day: int, *stretches: tuple[str, str, str]) -> dict:
    rows = [
        {"starts_at": moment(first), "ends_at": moment(last), "state": state, "regime": "x", "price_fen_per_hour": 0}
        for first, last, state in stretches
    ]
    return {"date": f"2026-11-{day}", "intervals": rows}


def moment(text: str) -> str:
    return f"2026-11-{text}:00+08:00"


def test_a_night_lies_on_the_day_it_began_on():
    days = [
        late(28, ("28T09:00", "29T00:00", "free")),
        late(
            29, ("29T00:00", "29T01:00", "free"), ("29T01:00", "29T09:00", "closed"), ("29T09:00", "29T22:00", "free")
        ),
    ]

    drawn = board({"spaces": [{"space_id": ROOM, "name": "议事茶亭", "days": days}]}, [])

    assert (drawn.opens, drawn.closes) == (9 * 60, 25 * 60)
    saturday, sunday = ([(one.first, one.last, one.look) for one in day.lanes[0].segments] for day in drawn.days)
    assert saturday == [(540, 1440, "benefit"), (1440, 1500, "benefit")]
    assert sunday == [(540, 1320, "benefit"), (1320, 1500, "closed")]


def test_a_day_drawn_alone_goes_on_into_its_night(browse, services: FakeServices):
    days = [
        late(28, ("28T09:00", "29T00:00", "free")),
        late(
            29, ("29T00:00", "29T01:00", "free"), ("29T01:00", "29T05:00", "closed"), ("29T05:00", "29T23:00", "free")
        ),
    ]

    drawn = board({"spaces": [{"space_id": ROOM, "name": "议事茶亭", "days": days}]}, [], 1)

    assert (drawn.opens, drawn.closes) == (9 * 60, 25 * 60)
    assert [[one.look for one in day.lanes[0].segments] for day in drawn.days] == [["benefit", "benefit"]]
    assert "看板：11月28日 周六" in browse("/desk/board?date=2026-11-28", "community_worker").text
    asked = [one.url.params for one in services.sent if one.url.path.endswith("/availability")]
    assert [(one["from"], one["days"]) for one in asked] == [("2026-11-28", "2")]


@pytest.mark.parametrize("last, words", [("23:00", "到 23:00"), ("00:30", "到 次日 01:00")])
def test_the_drawing_says_until_when_as_a_clock_does(app, last, words):
    until = {"ends_at": f"2026-11-2{3 if last > '01' else 4}T{last}:00+08:00"}
    drawn = strip(week((23, "09:00", "18:00")), [booked("20:00", "21:00") | until])

    with app.test_request_context("/"):
        app.preprocess_request()
        text = app.jinja_env.get_template("desk/lanes.html").module.lanes(drawn, None)

    assert f"从 09:00 {words}" in text


def test_a_house_that_never_closes_has_no_night():
    days = [late(day, (f"{day}T00:00", f"{day + 1}T00:00", "free")) for day in (27, 28)]

    drawn = board({"spaces": [{"space_id": ROOM, "name": "议事茶亭", "days": days}]}, [])

    assert [len(day.lanes[0].segments) for day in drawn.days] == [1, 1]
