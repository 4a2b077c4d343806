# SPDX-License-Identifier: Apache-2.0
"""Numbers of needs have no gap: the database refuses one, whatever the code does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from chassis.db import uuid7
from chassis.testing.tokens import WUFUQIAO

from services.engagement.tests.desk import NEED

INSERT = """
    INSERT INTO needs (division_code, need_id, version, number_year, number_no, state, title, category, detail,
                       channel, person_id, raised_at)
    VALUES (%s, %s, 1, 2026, %s, 'received', 'x', 'other', '', 'web', %s, '2026-11-23T02:00:00Z')"""


def test_many_at_once_get_numbers_without_a_gap(desk):
    residents = [desk.resident() for _ in range(12)]

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda resident: resident.post("/needs", NEED).json()["number"], residents))

    assert sorted(numbers) == [f"N-2026-{number:04d}" for number in range(1, 13)]


def test_a_need_that_is_refused_takes_no_number_with_it(desk):
    resident = desk.resident()
    resident.post("/needs", NEED | {"category": "wishes"})
    assert resident.post("/needs", NEED).json()["number"] == "N-2026-0001"


def test_the_database_refuses_a_number_without_its_predecessor(desk):
    desk.resident().post("/needs", NEED)

    with desk.database.as_role("app", WUFUQIAO) as app:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            app.execute(INSERT, (WUFUQIAO, uuid7(), 3, uuid7()))
        with pytest.raises(psycopg.errors.UniqueViolation):
            app.execute(INSERT, (WUFUQIAO, uuid7(), 1, uuid7()))
        app.execute(INSERT, (WUFUQIAO, uuid7(), 2, uuid7()))


def test_a_need_cannot_be_removed_nor_its_timeline_rewritten(desk):
    desk.need(desk.resident())

    with desk.database.as_role("app", WUFUQIAO) as app:
        for statement in (
            "DELETE FROM needs",
            "DELETE FROM need_timeline",
            "UPDATE need_timeline SET text = 'never said'",
            "UPDATE visits SET note = 'never seen'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_the_database_refuses_a_rating_of_what_is_not_rated(desk):
    desk.need(desk.resident())

    with desk.database.as_role("app", WUFUQIAO) as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute("UPDATE needs SET score = 5")
