# SPDX-License-Identifier: Apache-2.0
"""What the venue's tests share: a migrated database with 五福茶馆 in it, actors, and the API in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
import yaml
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.testing.postgres import ServiceDatabase
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.domain.venues.definition import VenueDefinition, parse
from venue.settings import Settings
from venue.usecases.booking.book_space import BookSpace, OnBehalf, book_space
from venue.usecases.venues.create_venue import create_venue

WUFUQIAO, NEIGHBOUR = "510104030006", "510104030009"
CHENGDU = ZoneInfo("Asia/Shanghai")
CONTRACTS = Path(__file__).parents[3] / "contracts"
RESIDENT = frozenset({"venue.read", "venue.book"})
OPERATOR = frozenset({"venue.read", "venue.operate"})
COUNTER = frozenset({"venue.read", "venue.counter"})
# How many pairs of holders share an atom at any instant; the constraint makes it none.
OVERLAPS = """
    SELECT count(*) FROM occupancies a JOIN occupancies b
    ON a.atom_id = b.atom_id AND a.id < b.id AND a.active AND b.active AND a.during && b.during"""
SECRETARY = frozenset({"venue.read", "venue.counter", "venue.manage"})


def at(wall: str, zone: ZoneInfo = CHENGDU) -> datetime:
    """Read a local wall time such as ``2026-11-26T19:00``."""
    return datetime.fromisoformat(wall).replace(tzinfo=zone)


def resident(division: str = WUFUQIAO, subject: UUID | None = None) -> Actor:
    """A resident of a community."""
    return Actor(str(subject or uuid7()), division, RESIDENT, client="edge")


def operator(division: str = WUFUQIAO) -> Actor:
    """Somebody who runs the venue."""
    return Actor(str(uuid7()), division, OPERATOR, "venue_operator", client="edge")


def counter(division: str = WUFUQIAO) -> Actor:
    """A community worker at the counter."""
    return Actor(str(uuid7()), division, COUNTER, "community_worker", client="edge")


def secretary(division: str = WUFUQIAO) -> Actor:
    """The community's secretary, who keeps rooms, hours and prices."""
    return Actor(str(uuid7()), division, SECRETARY, "community_secretary", client="edge")


@dataclass(frozen=True)
class House:
    """五福茶馆 as created for a test, with its ids by code."""

    venue_id: UUID
    spaces: dict[str, UUID]
    atoms: dict[str, UUID]


@pytest.fixture(scope="session")
def teahouse() -> VenueDefinition:
    """The definition that ships with the service."""
    return parse(yaml.safe_load((resources.files("venue.data") / "wufu_teahouse.yaml").read_text("utf-8")))


@pytest.fixture
def database(fresh_database: Callable[[str, Path], ServiceDatabase]) -> ServiceDatabase:
    """A migrated venue database."""
    return fresh_database("venue", bootstrap.VERSIONS)


def settings_for(database: ServiceDatabase) -> Settings:
    """Settings of a web process on a database."""
    return Settings(
        environment="test",
        issuer="http://localhost:8080",
        jwks_url="http://localhost:1/jwks",
        contracts_dir=CONTRACTS,
        app_database_url=database.url("app"),
        public_database_url=database.url("public"),
        sweep_database_url=database.url("sweep"),
        payment_provider="sandbox",
        payment_secret="of-the-test-run-payments",
        calendar_secret="of-the-test-run-calendars",
        pool_size=16,
    )


@pytest.fixture
def config(database: ServiceDatabase) -> Settings:
    """Settings of a web process on that database."""
    return settings_for(database)


@pytest.fixture
def deps(config: Settings, frozen_clock: FrozenClock) -> Iterator[Deps]:
    """The service's dependencies on the test's database and clock."""
    made = bootstrap.build(config, clock=frozen_clock)
    yield made
    made.database.close()


@pytest.fixture
def house(deps: Deps, database: ServiceDatabase, teahouse: VenueDefinition) -> House:
    """五福茶馆, created and published."""
    return build_house(deps, database, teahouse)


def build_house(deps: Deps, database: ServiceDatabase, definition: VenueDefinition) -> House:
    """Create a venue and look its ids up."""
    venue_id = create_venue(deps, Actor.system(definition.division, "test"), definition)
    with database.superuser() as connection:
        ids = {
            table: dict(connection.execute(f"SELECT code, id FROM {table} WHERE venue_id = %s", (venue_id,)).fetchall())
            for table in ("spaces", "atoms")
        }
    return House(venue_id, ids["spaces"], ids["atoms"])


@pytest.fixture
def look(database: ServiceDatabase) -> Callable[..., list[tuple[Any, ...]]]:
    """Look into the database past every policy: ``look("SELECT …", …)``."""

    def look(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with database.superuser() as connection:
            return connection.execute(query, parameters).fetchall()

    return look


def book(
    deps: Deps, actor: Actor, space_id: UUID, starts: str, ends: str, *, behalf: UUID | None = None, **more: Any
) -> dict[str, Any]:
    """Book in process and return the booking; refusals rise."""
    on_behalf_of = OnBehalf(behalf, "电话预订") if behalf else None
    command = BookSpace(space_id, at(starts), at(ends), on_behalf_of=on_behalf_of, **more)
    return book_space(deps, actor, command, InProcess()).content


def keyed(key: str | None = None, body: str = "body", if_match: int | None = None) -> InProcess:
    """An attempt with an idempotency key, as a request brings it."""
    return InProcess(idempotency_key=key or str(uuid7()), body_hash=body, if_match=if_match)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """Run something and return how many statements it sent."""
    seen: list[int] = []
    execute = psycopg.Cursor.execute
    monkeypatch.setattr(psycopg.Cursor, "execute", lambda *told, **more: seen.append(1) or execute(*told, **more))

    def count(act: Callable[[], Any]) -> int:
        seen.clear()
        act()
        return len(seen)

    return count
