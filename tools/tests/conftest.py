# SPDX-License-Identifier: Apache-2.0
"""An empty platform on real databases, with the first data's clock at a chosen wall time in Chengdu."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tools.first_data import month as synthetic
from tools.first_data import official
from tools.first_data.official import CHENGDU
from tools.first_data.platform import Platform
from tools.first_data.progress import Progress

ROOT = Path(__file__).parents[2]
SERVICES = ("identity", "engagement", "disclosure", "venue")
MONDAY_EVENING = "2026-11-30T18:35"


@dataclass
class Month:
    """A platform as the first start leaves it before any process runs."""

    platform: Platform
    progress_file: Path
    accounts: list[Any] = field(default_factory=list)
    told: int = 0

    def fill(self) -> None:
        """Fill it as the first start does, or go on where that was."""
        progress = Progress(self.progress_file)
        official.fill(self.platform, progress)
        self.accounts, self.told = synthetic.fill(self.platform, progress)

    def events(self) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """How many events each service has to tell."""
        return [(name, self.rows(name, "SELECT count(*) FROM outbox")) for name in SERVICES]

    def rows(self, service: str, query: str) -> list[tuple[Any, ...]]:
        """Ask one of the services' databases; ``:now`` in the query is the domain's present."""
        now = f"timestamptz '{self.platform.now.isoformat()}'"
        with self.platform.databases[service].superuser() as connection:
            return connection.execute(query.replace(":now", now)).fetchall()


@pytest.fixture(scope="session")
def month(platform_at, tmp_path_factory) -> Iterator[Month]:
    """The synthetic month that ends on the last Monday of November."""
    with platform_at(MONDAY_EVENING) as platform:
        made = Month(platform, tmp_path_factory.mktemp("month") / "first-data.json")
        made.fill()
        yield made


@pytest.fixture(scope="session")
def platform_at(databases, tmp_path_factory) -> Callable[[str], Any]:
    """Return what opens a platform at ``2026-11-30T18:35``; its databases go away when it is closed."""

    @contextmanager
    def open_at(wall: str) -> Iterator[Platform]:
        made = {name: databases.fresh(name, ROOT / f"services/{name}/migrations/versions") for name in SERVICES}
        with pytest.MonkeyPatch.context() as environment:
            for name, value in _environment(made, tmp_path_factory.mktemp("keys"), wall).items():
                environment.setenv(name, value)
            platform = Platform()
        platform.databases = made
        try:
            yield platform
        finally:
            for service, database in made.items():
                getattr(platform, service).database.close()
                databases.drop(database)

    return open_at


@pytest.fixture
def month_at(platform_at, tmp_path) -> Callable[[str], Any]:
    """Return what makes a month that ends at ``2027-03-01T00:20``."""

    @contextmanager
    def open_at(wall: str) -> Iterator[Month]:
        with platform_at(wall) as platform:
            made = Month(platform, tmp_path / "first-data.json")
            made.fill()
            yield made

    return open_at


def _environment(databases: dict[str, Any], keys: Path, wall: str) -> dict[str, str]:
    now = datetime.fromisoformat(wall).replace(tzinfo=CHENGDU)
    urls = {
        f"LINLI_{name.upper()}_{role.upper()}_DATABASE_URL": database.url(role)
        for name, database in databases.items()
        for role in ("owner", "app", "public", "relay", "sweep")
    }
    return urls | {
        "LINLI_CLOCK_OFFSET_SECONDS": str((now - datetime.now(UTC)).total_seconds()),
        "LINLI_ENVIRONMENT": "test",
        "LINLI_ISSUER": "http://localhost:8080",
        "LINLI_JWKS_URL": "http://127.0.0.1:9/none",
        "LINLI_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "LINLI_CONTRACTS_DIR": str(ROOT / "contracts"),
        "LINLI_KEY_FILE": str(keys / "keys.json"),
        "LINLI_EDGE_CLIENT_SECRET": "x7-not-a-real-one-" * 3,
        "LINLI_PAYMENT_PROVIDER": "sandbox",
        "LINLI_PAYMENT_SECRET": "of-the-test-run-payments",
        "LINLI_CALENDAR_SECRET": "of-the-test-run-calendars",
    }
