# SPDX-License-Identifier: Apache-2.0
"""Engagement on a real database, spoken to in-process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.auth import Verifier
from engagement import bootstrap
from engagement.settings import Settings
from engagement.web import create_app
from starlette.testclient import TestClient

from .desk import Desk

CONTRACTS = Path(__file__).parents[3] / "contracts"


@pytest.fixture
def desk(fresh_database, frozen_clock, tokens) -> Iterator[Desk]:
    """The service with an empty database; Monday 23 November 2026, 10:00 in Chengdu."""
    database = fresh_database("engagement", bootstrap.VERSIONS)
    chosen = Settings(
        environment="test",
        issuer=tokens.issuer,
        jwks_url="http://unused.invalid/jwks",
        contracts_dir=CONTRACTS,
        app_database_url=database.url("app"),
        public_database_url=database.url("public"),
        sweep_database_url=database.url("sweep"),
        relay_database_url=database.url("relay"),
    )
    deps = bootstrap.build(chosen, clock=frozen_clock)
    verifier = Verifier(tokens.issuer, "urn:linli:engagement", keys=lambda: tokens.jwks)
    with TestClient(create_app(deps, verifier)) as client:
        yield Desk(client, deps, database, frozen_clock, tokens)
    deps.database.close()
