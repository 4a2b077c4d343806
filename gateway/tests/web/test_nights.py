# SPDX-License-Identifier: Apache-2.0
"""Midnight is no border on the pages either: a night is booked, moved, waited for and read as one time."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import unquote

import pytest
from gateway.web import formats, weeks
from gateway.web.my.waiting import body_of

from .conftest import ID
from .fake_answers import SPACES, regimes

EVENING, MORNING = "2026-11-28", "2026-11-29"


def interval(first: str, last: str) -> dict:
    price = {"state": "free", "regime": "commercial", "price_fen_per_hour": 3000, "mine": False}
    return {"starts_at": f"{first}:00+08:00", "ends_at": f"{last}:00+08:00", **price}


@pytest.fixture
def open_all_night(services):
    """A Saturday from 20:00 on and a Sunday until 02:00, at one price."""
    days = [
        {"date": EVENING, "intervals": [interval(f"{EVENING}T20:00", f"{MORNING}T00:00")]},
        {"date": MORNING, "intervals": [interval(f"{MORNING}T00:00", f"{MORNING}T02:00")]},
    ]
    room = {"space_id": SPACES[0], "code": "r", "name": "议事茶亭", "capacity": 12, "days": days}
    services.refuse("GET", "/api/venue/v1/availability", 200, "none", regimes=regimes(False), spaces=[room])
    return services


def test_an_end_after_midnight_can_be_chosen_and_is_called_the_next_days(open_all_night, browse):
    page = f"/my/venue/{SPACES[0]}/book?date={EVENING}&start=23:00"

    text = browse(page).text
    assert "次日 00:30" in text and "24:00" in text
    (after,) = re.findall(r'href="([^"]+end=25:30)#deal"', text)

    deal = browse(unquote(after.replace("&amp;", "&"))).text
    assert "23:00—次日 01:30" in deal and "¥75.00" in deal
    assert f'name="ends_at" value="{MORNING}T01:30:00+08:00"' in deal


def test_only_starts_of_the_day_itself_are_offered(open_all_night, browse):
    text = browse(f"/my/venue/{SPACES[0]}/book?date={EVENING}").text

    assert re.findall(r"start=(\d\d:\d\d)", text) == [
        f"{hour}:{half}" for hour in range(20, 24) for half in ("00", "30")
    ]


def test_no_end_is_offered_beyond_the_longest_time_one_may_book(open_all_night, browse):
    rows = weeks.stretches({"date": EVENING, "intervals": [interval(f"{EVENING}T20:00", f"{MORNING}T00:00")]})

    ends = weeks.ends(rows, weeks.local(date(2026, 11, 28), "20:00"), 120)

    assert [f"{one.at:%H:%M}" for one in ends] == ["20:30", "21:00", "21:30", "22:00"]


def test_a_booking_moves_to_a_start_from_which_it_lasts_over_midnight(open_all_night, browse):
    text = browse(f"/my/bookings/{ID}21/move?date={EVENING}&space={SPACES[0]}").text

    assert f'value="{EVENING}T23:00:00+08:00"' in text and f'value="{EVENING}T23:30:00+08:00"' in text


def test_an_end_before_the_start_waits_until_the_next_morning():
    asked = {"space_id": SPACES[0], "on": EVENING, "from": "22:00", "until": "01:00", "minutes": "120"}

    body, wrong = body_of(asked)

    assert not wrong and (body["starts_at"], body["ends_at"]) == (
        f"{EVENING}T22:00:00+08:00",
        f"{MORNING}T01:00:00+08:00",
    )


def test_a_refused_night_is_waited_for_as_it_was_asked(browse):
    times = f"starts_at={EVENING}T22:00:00%2B08:00&ends_at={MORNING}T01:00:00%2B08:00"

    text = browse(f"/my/waiting/new?space_id={SPACES[0]}&{times}").text

    assert re.findall(r'type="time"[^>]*value="([^"]*)"', text) == ["22:00", "01:00"]


@pytest.mark.parametrize(
    "last, words",
    [
        (f"{EVENING}T23:30:00+08:00", "22:00—23:30"),
        (f"{MORNING}T00:00:00+08:00", "22:00—24:00"),
        (f"{MORNING}T00:30:00+08:00", "22:00—次日 00:30"),
        ("2026-12-01T08:00:00+08:00", "22:00—12月1日 08:00"),
    ],
)
def test_a_time_says_on_which_day_it_ends(app, last, words):
    with app.test_request_context():
        assert formats.time_range(f"{EVENING}T22:00:00+08:00", last) == words
