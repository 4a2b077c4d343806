# SPDX-License-Identifier: Apache-2.0
"""Migrating a database that already holds data."""

from __future__ import annotations

from datetime import timedelta

from venue import bootstrap

from chassis import migrations

from ..conftest import WUFUQIAO, at

ENDS_AT = at("2026-11-25T11:30")
DESK = """
    INSERT INTO published_sessions (division_code, session_id, kind, on_date, starts_at, ends_at, facts)
    VALUES (%s, gen_random_uuid(), %s, '2026-11-25', '2026-11-25T09:00+08', %s, '{}')"""


def test_desks_that_stand_already_get_both_alarms_of_their_numbers(databases):
    older = databases.empty("venue")
    migrations.upgrade(bootstrap.VERSIONS, older.url("owner"), "0012")
    with older.superuser() as connection:
        for kind in ("desk", "sitting"):
            connection.execute(DESK, (WUFUQIAO, kind, ENDS_AT))

    migrations.upgrade(bootstrap.VERSIONS, older.url("owner"), "0013")

    with older.superuser() as connection:
        alarms = connection.execute("SELECT division_code, kind, due_at FROM due ORDER BY due_at").fetchall()
    assert alarms == [
        (WUFUQIAO, "tickets", ENDS_AT + wait) for wait in (timedelta(minutes=30), timedelta(hours=36))
    ]  # uncalled numbers first; the others after noon of the next day, when their deadline is over
    databases.drop(older)


UNCHECKED = "SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY conname"


def test_a_check_that_bookings_get_later_is_looked_at_while_people_book(databases):
    """In the revision that adds it, the scan would be under a lock beside which nobody can even read."""
    older = databases.empty("venue")
    migrations.upgrade(bootstrap.VERSIONS, older.url("owner"), "0014")
    with older.superuser() as connection:
        left = connection.execute(UNCHECKED).fetchall()
    assert left == [("bookings_deposit_fen_check",), ("ck_bookings_refund_percent",)]

    migrations.upgrade(bootstrap.VERSIONS, older.url("owner"))

    with older.superuser() as connection:
        assert connection.execute(UNCHECKED).fetchall() == []
    databases.drop(older)
