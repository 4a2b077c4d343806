# SPDX-License-Identifier: Apache-2.0
"""Engagement on a real database, spoken to in-process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.auth import Verifier
from chassis.clock import FrozenClock
from chassis.testing.plugin import MONDAY_MORNING
from chassis.testing.postgres import ServiceDatabase
from engagement import bootstrap
from engagement.settings import Settings
from engagement.web import create_app
from starlette.testclient import TestClient

from .desk import Desk

CONTRACTS = Path(__file__).parents[3] / "contracts"
KEPT = ("alembic_version", "need_categories")  # what migrations wrote


def settings_for(database: ServiceDatabase, issuer: str, kafka_bootstrap: str = "") -> Settings:
    """Settings as a process of the service would read them."""
    return Settings(
        environment="test",
        issuer=issuer,
        jwks_url="http://unused.invalid/jwks",
        contracts_dir=CONTRACTS,
        app_database_url=database.url("app"),
        public_database_url=database.url("public"),
        sweep_database_url=database.url("sweep"),
        relay_database_url=database.url("relay"),
        kafka_bootstrap=kafka_bootstrap,
    )


@pytest.fixture(scope="session")
def house(databases, tokens) -> Iterator[Desk]:
    """One database and one application for the whole run; ``desk`` empties it before each test."""
    database = databases.fresh("engagement", bootstrap.VERSIONS)
    clock = FrozenClock(MONDAY_MORNING)
    deps = bootstrap.build(settings_for(database, tokens.issuer), clock=clock)
    verifier = Verifier(tokens.issuer, "urn:linli:engagement", keys=lambda: tokens.jwks)
    with TestClient(create_app(deps, verifier)) as client:
        yield Desk(client, deps, database, clock, tokens)
    deps.database.close()
    databases.drop(database)


@pytest.fixture
def desk(house: Desk) -> Desk:
    """The service with an empty database; Monday 23 November 2026, 10:00 in Chengdu."""
    with house.database.superuser() as everything:
        tables = [name for (name,) in everything.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        everything.execute(f"TRUNCATE {', '.join(name for name in tables if name not in KEPT)} CASCADE")
    house.clock.set(MONDAY_MORNING)
    return house
