# SPDX-License-Identifier: Apache-2.0
"""Idempotency keys that nobody may repeat any more go some at a time, each batch for good; the others stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chassis.db import Database

from chassis import idempotency

VERSIONS = Path(__file__).parents[1] / "versions"
DIVISIONS = ["510104030006", "510104030009", "510104"]
INSERT = """
    INSERT INTO idempotency (division_code, actor, operation, key, body_hash, created_at)
    SELECT %s, 'a', 'write_note', %s || n, 'x', %s FROM generate_series(1, %s) AS n"""
HOUR = timedelta(hours=1)


@pytest.fixture
def made(fresh_database, frozen_clock, monkeypatch):
    """A database with 25 keys past their day in several divisions, two at its very end, and three younger ones."""
    monkeypatch.setattr(idempotency, "AT_ONCE", 10)
    made, now = fresh_database("venue", VERSIONS), frozen_clock.now()
    with made.superuser() as connection:
        for number, division in enumerate(DIVISIONS):
            connection.execute(INSERT, (division, "old", now - (25 + number) * HOUR, (8, 8, 9)[number]))
            connection.execute(INSERT, (division, "young", now - 23 * HOUR, 1))
        connection.execute(INSERT, (DIVISIONS[0], "last", now - 24 * HOUR, 2))
    return made


@pytest.fixture
def database(made, frozen_clock) -> Iterator[Database]:
    opened = Database(made.url("app"), service="venue", sweep_url=made.url("sweep"), clock=frozen_clock)
    yield opened
    opened.close()


@pytest.fixture
def left(made) -> Callable[[], dict[str, int]]:
    """Count what is left, by name."""

    def left() -> dict[str, int]:
        with made.superuser() as connection:
            return dict(
                connection.execute(
                    "SELECT rtrim(key, '0123456789') AS name, count(*) FROM idempotency GROUP BY 1"
                ).fetchall()
            )

    return left


def test_only_keys_older_than_a_day_are_forgotten_in_every_division(database, frozen_clock, left):
    assert idempotency.forget(database, frozen_clock) == 25
    assert left() == {"young": 3, "last": 2}
    assert idempotency.forget(database, frozen_clock) == 0


def test_they_go_in_batches_that_each_stay_gone(database, frozen_clock, left, monkeypatch):
    sweep, seen = database.sweep, []

    @contextmanager
    def failing_at_the_third(actor: Any) -> Iterator[Any]:
        seen.append(left()["old"])
        if len(seen) == 3:
            raise ConnectionError
        with sweep(actor) as work:
            yield work

    monkeypatch.setattr(database, "sweep", failing_at_the_third)
    with pytest.raises(ConnectionError):
        idempotency.forget(database, frozen_clock)

    assert seen == [25, 15, 5]
    assert left() == {"old": 5, "young": 3, "last": 2}
