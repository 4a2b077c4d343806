# SPDX-License-Identifier: Apache-2.0
"""A database that makes somebody wait or chooses a victim: the user never sees its errors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chassis.errors import Unavailable
from psycopg.errors import DeadlockDetected, SerializationFailure
from venue.store.booking import bookings

from ..conftest import WUFUQIAO, at, book, resident

pytestmark = pytest.mark.impatient
EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


@pytest.mark.parametrize("victim", [DeadlockDetected, SerializationFailure])
def test_a_victim_of_the_database_is_tried_again_and_the_user_does_not_notice(deps, house, monkeypatch, victim):
    real, failures = bookings.insert_and_hold, [victim(), victim()]

    def hold(*arguments):
        if failures:
            raise failures.pop()
        return real(*arguments)

    monkeypatch.setattr(bookings, "insert_and_hold", hold)

    assert book(deps, resident(), house.spaces["book_room"], *EVENING)["state"] == "confirmed"


def test_after_three_times_the_user_is_asked_to_come_back(deps, house, monkeypatch, look):
    def hold(*_):
        raise DeadlockDetected()

    monkeypatch.setattr(bookings, "insert_and_hold", hold)

    with pytest.raises(Unavailable) as refused:
        book(deps, resident(), house.spaces["book_room"], *EVENING)

    assert refused.value.code == "database_busy"
    assert look("SELECT count(*) FROM bookings") == [(0,)]


def test_who_waits_too_long_for_a_neighbours_transaction_is_asked_to_come_back(deps, house, database, look):
    """Somebody holds the slot uncommitted; the wait ends after lock_timeout, not never."""
    start = at(EVENING[0])
    booking = book(deps, resident(), house.spaces["service_post"], *EVENING)
    with database.superuser() as neighbour:
        neighbour.autocommit = False
        neighbour.execute(
            "INSERT INTO occupancies (division_code, atom_id, booking_id, during)"
            " VALUES (%s, %s, %s, tstzrange(%s, %s))",
            (WUFUQIAO, house.atoms["book_room"], booking["booking_id"], start, start + timedelta(hours=2)),
        )

        with pytest.raises(Unavailable):
            book(deps, resident(), house.spaces["book_room"], *EVENING)

        neighbour.rollback()
    assert book(deps, resident(), house.spaces["book_room"], *EVENING)["state"] == "confirmed"
