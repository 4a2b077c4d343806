# SPDX-License-Identifier: Apache-2.0
"""The pytest plugin: fixtures every distribution shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from chassis.clock import FrozenClock

if TYPE_CHECKING:
    from linli_local.postgres import Server

    from chassis.testing.postgres import Databases, ServiceDatabase
    from chassis.testing.tokens import TokenFactory

MONDAY_MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL, started for this test run (one per worker)."""
    from chassis.testing.postgres import running_server

    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: Server) -> Databases:
    """Makes fresh databases on the run's server."""
    from chassis.testing.postgres import Databases

    return Databases(postgres)


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[Callable[[str, Path], ServiceDatabase]]:
    """Call with a service's name and its migrations' folder; after the test the database is emptied for the next."""
    made: list[ServiceDatabase] = []

    def make(service: str, versions: Path) -> ServiceDatabase:
        made.append(databases.lend(service, versions))
        return made[-1]

    yield make
    for database in made:
        databases.take_back(database)


@pytest.fixture(scope="session")
def kafka() -> Iterator[object]:
    """A real Kafka broker, started for this test run (one per worker)."""
    from chassis.testing.kafka import running_broker

    with running_broker() as broker:
        yield broker


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """Monday 23 November 2026, 10:00 in Chengdu, standing still."""
    return FrozenClock(MONDAY_MORNING)


@pytest.fixture(scope="session")
def tokens() -> TokenFactory:
    """Signs access tokens with a key of this test run."""
    from chassis.testing.tokens import TokenFactory

    return TokenFactory()


@pytest.fixture(autouse=True)
def emitted_events_keep_their_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test puts into an outbox follows ``contracts/events``, whether the test looks at it or not."""
    from chassis.outbox import writer
    from chassis.testing.contracts import checked

    monkeypatch.setattr(writer, "build", checked(writer.build))


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks this plugin reads."""
    config.addinivalue_line("markers", "impatient: is about how long a service waits for its database")


@pytest.fixture(autouse=True)
def nobody_is_refused_because_the_machine_is_slow(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wait a minute for locks and answers, not 2 or 3 s: what is refused as busy then is a deadlock, never a crowd.

    A test that is about those seconds says ``@pytest.mark.impatient``.
    """
    if request.node.get_closest_marker("impatient") is not None:
        return
    from chassis import db

    begun, asked = db._begun, db._BEGIN.replace("'2s'", "'60s'")
    assert asked != db._BEGIN
    monkeypatch.setattr(db, "_BEGIN", asked)
    monkeypatch.setattr(db, "_begun", lambda engine, told: begun(engine, {**told, "timeout": "60s"}))
