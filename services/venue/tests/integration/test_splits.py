# SPDX-License-Identifier: Apache-2.0
"""A booking over two regimes has parts that cover it exactly and add up to its price: the database insists."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from chassis.errors import Unprocessable

from ..conftest import book, resident

TIMES = ("2026-11-26T17:00", "2026-11-26T19:30")


@pytest.fixture
def split(deps, house) -> UUID:
    """A booking of an hour free and one and a half at ¥30."""
    return UUID(book(deps, resident(), house.spaces["book_room"], *TIMES, split=True)["booking_id"])


def test_without_agreeing_to_both_prices_nothing_is_booked(deps, house, look):
    with pytest.raises(Unprocessable) as refused:
        book(deps, resident(), house.spaces["book_room"], *TIMES)

    assert refused.value.code == "crosses_regime"
    assert look("SELECT count(*) FROM bookings") == [(0,)]


def test_one_booking_with_two_priced_parts(deps, house, look):
    booking = book(deps, resident(), house.spaces["book_room"], *TIMES, split=True)

    assert booking["price_fen"] == 4500
    parts = [
        (one["regime"], one["starts_at"][11:16], one["ends_at"][11:16], one["price_fen"]) for one in booking["parts"]
    ]
    assert parts == [("public_benefit", "17:00", "18:00", 0), ("commercial", "18:00", "19:30", 4500)]
    assert look("SELECT count(*) FROM occupancies") == [(1,)]
    ((parts,),) = look("SELECT convert_from(payload, 'UTF8')::jsonb -> 'data' -> 'parts' FROM outbox")
    assert [part["price_fen"] for part in parts] == [0, 4500]


BROKEN = {
    "a hole": "UPDATE booking_parts SET ends_at = ends_at - interval '30 minutes' WHERE part_no = 1",
    "an overlap": "UPDATE booking_parts SET starts_at = starts_at - interval '30 minutes' WHERE part_no = 2",
    "too short": "UPDATE booking_parts SET ends_at = ends_at - interval '30 minutes' WHERE part_no = 2",
    "another sum": "UPDATE booking_parts SET price_fen = price_fen + 100 WHERE part_no = 2",
    "a part missing": "DELETE FROM booking_parts WHERE part_no = 2",
    "none at all": "DELETE FROM booking_parts",
    "another price": "UPDATE bookings SET price_fen = price_fen + 100",
    "another time": "UPDATE bookings SET ends_at = ends_at + interval '30 minutes'",
    "parts of a booking that is not split": "UPDATE bookings SET split = false",
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_parts_that_do_not_cover_the_booking_are_refused(split, database, change):
    with database.superuser() as connection, pytest.raises(psycopg.errors.CheckViolation) as refused:
        connection.execute(change)

    assert refused.value.diag.constraint_name == "ck_booking_parts_cover"
