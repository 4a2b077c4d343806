# SPDX-License-Identifier: Apache-2.0
"""The first data come about through the services' own use cases, on real databases."""

import json
import stat
from pathlib import Path

import pytest

from tools.first_data import needs, official, people, teahouse
from tools.first_data.platform import Platform
from tools.first_data.progress import Progress, write_private

ROOT = Path(__file__).parents[2]
SERVICES = ("identity", "engagement", "disclosure", "venue")


@pytest.fixture
def platform(fresh_database, tmp_path, monkeypatch):
    databases = {name: fresh_database(name, ROOT / f"services/{name}/migrations/versions") for name in SERVICES}
    for name, database in databases.items():
        for role in ("owner", "app", "public", "relay", "sweep"):
            monkeypatch.setenv(f"LINLI_{name.upper()}_{role.upper()}_DATABASE_URL", database.url(role))
    for name, value in {
        "ENVIRONMENT": "test",
        "ISSUER": "http://localhost:8080",
        "JWKS_URL": "http://127.0.0.1:9/none",
        "KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "CONTRACTS_DIR": str(ROOT / "contracts"),
        "KEY_FILE": str(tmp_path / "keys.json"),
        "EDGE_CLIENT_SECRET": "x7-not-a-real-one-" * 3,
    }.items():
        monkeypatch.setenv(f"LINLI_{name}", value)
    made = Platform()
    made.databases = databases
    yield made
    for service in SERVICES:
        getattr(made, service).database.close()


def rows(platform, service, query):
    with platform.databases[service].superuser() as connection:
        return connection.execute(query).fetchall()


def test_a_synthetic_month_fills_every_service_and_repeating_it_changes_nothing(platform, tmp_path):
    def fill():
        progress = Progress(tmp_path / "first-data.json")
        official.fill(platform, progress)
        residents = people.fill(platform, progress)
        accounts = people.open_accounts(platform, progress, residents)
        told = teahouse.fill(platform, progress, residents[people.WUFUQIAO])
        needs.fill(platform, progress, residents)
        return accounts, told

    accounts, told = fill()
    before = [rows(platform, name, "SELECT count(*) FROM outbox") for name in SERVICES]

    assert rows(platform, "identity", "SELECT count(*) FROM divisions") == [(88,)]
    settled = "SELECT count(*) FROM outbox WHERE type LIKE 'linli.venue.booking.settle%'"
    assert rows(platform, "venue", settled) == [(told,)] and told > 20
    worked_off = "SELECT count(*) FROM owed_sessions WHERE kind = 'delivered'"
    assert rows(platform, "venue", worked_off) == [(3,)]
    raisers = "SELECT count(DISTINCT person_id) FROM needs WHERE division_code = '510104030006'"
    assert rows(platform, "engagement", raisers)[0][0] >= 5
    assert {one["username"] for one in accounts} >= {"resident1", "worker", "operator", "finance", "secretary"}
    assert fill() == (accounts, told)
    assert [rows(platform, name, "SELECT count(*) FROM outbox") for name in SERVICES] == before


def test_every_person_is_obviously_synthetic(platform, tmp_path):
    progress = Progress(tmp_path / "first-data.json")
    official.fill(platform, progress)
    people.open_accounts(platform, progress, people.fill(platform, progress))

    stored = json.loads((tmp_path / "first-data.json").read_text(encoding="utf-8"))
    names = [key.split(" person ")[1] for key in stored if " person " in key]

    assert len(names) > 40 and all(name.startswith("示例") for name in names)


def test_the_file_with_the_passwords_is_private(tmp_path):
    write_private(tmp_path / "accounts.json", [{"password": "x"}])

    assert stat.S_IMODE((tmp_path / "accounts.json").stat().st_mode) == 0o600
