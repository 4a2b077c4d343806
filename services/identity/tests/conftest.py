# SPDX-License-Identifier: Apache-2.0
"""A database of its own for each test, with the official list in it, and the application over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chassis.auth import Actor, Verifier
from chassis.clock import FrozenClock
from chassis.testing.postgres import Databases, ServiceDatabase
from chassis.testing.tokens import ISSUER, WUFUQIAO, TokenFactory
from identity.bootstrap import MIGRATIONS, Deps, build
from identity.settings import Settings
from identity.usecases.divisions import import_divisions
from identity.usecases.keys import Signing
from identity.web import create_app
from starlette.testclient import TestClient

WRITTEN = (  # children before parents
    *("authorization_codes", "refresh_tokens", "clients", "accounts", "sign_in_attempts", "signing_keys"),
    *("offices", "memberships", "persons"),
    *(f"places WHERE kind = '{kind}'" for kind in ("household", "building", "estate")),
    *("outbox", "idempotency", "audit"),
)


def settings_for(database: ServiceDatabase, folder: Path) -> Settings:
    """The settings of a test's process."""
    return Settings(
        environment="test",
        app_database_url=database.url("app"),
        public_database_url=database.url("public"),
        sweep_database_url=database.url("sweep"),
        issuer=ISSUER,
        key_file=folder / "field-keys.json",
        pool_size=8,
    )


@pytest.fixture(scope="session")
def database(databases: Databases) -> ServiceDatabase:
    """A migrated database of this run; every test leaves it empty but for the divisions."""
    return databases.fresh("identity", MIGRATIONS)


@pytest.fixture(scope="session")
def parts(database: ServiceDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deps]:
    """The service's own parts, built once, with the official list imported."""
    built = build(settings_for(database, tmp_path_factory.mktemp("keys")))
    import_divisions(built)
    yield built
    built.database.close()


@pytest.fixture
def wall() -> FrozenClock:
    """The machine's clock, for tokens and back-off: it starts at the present and moves when told."""
    return FrozenClock(datetime.now(UTC))


@pytest.fixture
def deps(database: ServiceDatabase, parts: Deps, frozen_clock: FrozenClock, wall: FrozenClock) -> Iterator[Deps]:
    """The parts with this test's clocks; what the test wrote is deleted afterwards."""
    parts.database.clock = frozen_clock
    yield replace(parts, clock=frozen_clock, wall=wall, signing=Signing())
    with database.superuser() as connection:
        for table in WRITTEN:
            connection.execute(f"DELETE FROM {table}")


class Current:
    """The Deps of the test that runs now: the application is built once, because checking a contract takes a second."""

    deps: Deps

    def __getattr__(self, name: str) -> Any:
        return getattr(self.deps, name)


@pytest.fixture(scope="session")
def current() -> Current:
    """Shared by all tests of a run."""
    return Current()


@pytest.fixture(scope="session")
def started(current: Current, tokens: TokenFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application, trusting the test's own tokens."""
    current.settings = Settings(
        environment="test",
        app_database_url="",
        public_database_url="",
        issuer=ISSUER,
        key_file=tmp_path_factory.mktemp("none"),
    )
    verifier = Verifier(ISSUER, "urn:linli:identity", keys=lambda: tokens.jwks)
    with TestClient(create_app(current, verifier), base_url=ISSUER, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(started: TestClient, current: Current, deps: Deps) -> TestClient:
    """The application over this test's database."""
    current.deps = deps
    started.cookies.clear()
    return started


@dataclass
class Register:
    """A community with one household and the people in it; every name is visibly made up."""

    deps: Deps
    division: str = WUFUQIAO
    household_id: str = field(init=False)
    building_id: str = field(init=False)
    estate_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.estate_id = self.place("estate", "示例小区")
        self.building_id = self.place("building", "1栋", self.estate_id)
        self.household_id = self.place("household", "0101", self.building_id)

    @property
    def actor(self) -> Actor:
        """Whoever keeps the register."""
        return Actor.system(self.division, "test")

    def place(self, kind: str, name: str, parent: str | None = None) -> str:
        from identity.usecases.places import create_place

        command = {"kind": kind, "name": name} | ({"parent_id": parent} if parent else {})
        return create_place(self.deps, self.actor, command).content["place_id"]

    def person(self, name: str = "居民甲01", telephone: str | None = None, membership: str = "owner") -> str:
        from identity.usecases.persons import create_person

        command: dict[str, Any] = {"name": name, "membership": membership}
        command |= {"household_id": self.household_id} if membership != "staff" else {}
        command |= {"telephone": telephone} if telephone else {}
        return create_person(self.deps, self.actor, command).content["person_id"]

    def office(self, person_id: str, office: str, place: str | None = None, days: int = 365) -> str:
        from identity.usecases.offices import assign_office

        today = self.deps.clock.now().date()
        command: dict[str, Any] = {"person_id": person_id, "office": office}
        command |= {"starts_on": today, "ends_on": today + timedelta(days=days), "place": place or self.division}
        return assign_office(self.deps, self.actor, command).content["office_id"]

    def account(self, person_id: str, username: str, password: str = "correct-horse-42") -> None:
        from identity.usecases.accounts import create_account

        create_account(self.deps, self.actor, {"person_id": person_id, "username": username, "password": password})


@pytest.fixture
def register(deps: Deps) -> Register:
    """五福桥社区 with 示例小区, 1栋, 0101."""
    return Register(deps)
