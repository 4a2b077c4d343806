# SPDX-License-Identifier: Apache-2.0
"""A night is one booking: midnight is no border, and both days show it."""

from __future__ import annotations

from datetime import date

import pytest
from chassis.errors import Conflict, Unprocessable
from venue.usecases.booking import see_times

from ..conftest import WUFUQIAO, book, resident

NIGHT = ("2026-11-26T23:00", "2026-11-27T01:00")
OPEN_TILL_TWO = """
    INSERT INTO regime_rules (division_code, id, venue_id, regime_code, weekday, from_minute, until_minute, valid_from)
    SELECT '510104030006', gen_random_uuid(), %s, 'commercial', weekday, hours.start, hours.until, '2026-01-01'
    FROM generate_series(1, 7) weekday, (VALUES (1320, 1440), (0, 120)) AS hours (start, until)"""


@pytest.fixture(autouse=True)
def open_till_two(house, database):
    with database.superuser() as connection:
        connection.execute(OPEN_TILL_TWO, (house.venue_id,))


def busy(deps, house, day: str) -> list[tuple[str, str]]:
    week = see_times.public_week(deps, WUFUQIAO, house.spaces["book_room"], date.fromisoformat(day), "zh")
    return [
        (one["starts_at"][11:16], one["ends_at"][11:16])
        for one in week["days"][0]["intervals"]
        if one["state"] == "busy"
    ]


def test_a_booking_past_midnight_is_one_booking_at_one_price(deps, house, look):
    booking = book(deps, resident(), house.spaces["book_room"], *NIGHT)

    assert (booking["price_fen"], booking["local_date"], len(booking["parts"])) == (6000, "2026-11-26", 1)
    assert look("SELECT count(*) FROM occupancies") == [(1,)]


def test_nobody_books_into_either_half_of_the_night(deps, house):
    book(deps, resident(), house.spaces["book_room"], *NIGHT)

    for wish in (("2026-11-26T22:00", "2026-11-26T23:30"), ("2026-11-27T00:30", "2026-11-27T01:30")):
        with pytest.raises(Conflict) as refused:
            book(deps, resident(), house.spaces["book_room"], *wish)
        assert refused.value.extra["alternatives"]


def test_both_days_show_it(deps, house, database):
    from chassis.auth import Actor
    from venue.usecases.venues.change_venue import publish

    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        publish(deps, work, house.venue_id)
        work.commit()
    book(deps, resident(), house.spaces["book_room"], *NIGHT)

    assert busy(deps, house, "2026-11-26")[-1] == ("23:00", "00:00")
    assert busy(deps, house, "2026-11-27")[0] == ("00:00", "01:00")


def test_a_night_longer_than_the_house_is_open_is_refused(deps, house):
    with pytest.raises(Unprocessable) as refused:
        book(deps, resident(), house.spaces["book_room"], "2026-11-26T23:00", "2026-11-27T03:00")

    assert refused.value.code == "outside_opening"
