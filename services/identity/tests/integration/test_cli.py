# SPDX-License-Identifier: Apache-2.0
"""The command line, from an empty database to a first secretary who can sign in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chassis.testing.postgres import Databases, ServiceDatabase
from chassis.testing.tokens import ISSUER, WUFUQIAO
from identity import cli
from identity.bootstrap import build
from identity.usecases.accounts import authenticate

from services.identity.tests.conftest import settings_for

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def empty(databases: Databases) -> Iterator[ServiceDatabase]:
    """A provisioned database without a table."""
    database = databases.empty("identity")
    yield database
    databases.drop(database)


@pytest.fixture
def run(empty: ServiceDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Run:
    """Run a command as an operator would; returns exit code, output and errors."""
    for role in ("app", "public", "sweep", "relay", "owner"):
        monkeypatch.setenv(f"LINLI_{role.upper()}_DATABASE_URL", empty.url(role))
    for name, value in {"ENVIRONMENT": "test", "ISSUER": ISSUER, "KEY_FILE": str(tmp_path / "field-keys.json")}.items():
        monkeypatch.setenv(f"LINLI_{name}", value)

    def running(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return running


PARTNER = ("--id", "firm-1", "--kind", "partner", "--division", WUFUQIAO, "--scope", "venue.read")
SECRETARY = ("--division", WUFUQIAO, "--name", "书记甲01", "--office", "community_secretary", "--until", "2030-12-31")


def test_an_operator_brings_up_a_register_and_a_first_secretary(run: Run, empty: ServiceDatabase, tmp_path: Path):
    assert run("migrate")[0] == 0
    assert json.loads(run("import-divisions")[1]) == {"registered": 88}
    made = json.loads(run("create-account", "--username", "secretary", *SECRETARY)[1])

    deps = build(settings_for(empty, tmp_path))
    account = authenticate(deps, "secretary", made["password"], "203.0.113.1")
    deps.database.close()

    assert str(account.person_id) == made["person_id"]


def test_a_refusal_is_one_line_and_leaves_nobody_half_registered(run: Run, empty: ServiceDatabase):
    run("migrate")

    code, _, said = run("create-account", "--username", "X", *SECRETARY)

    assert (code, said.count("\n")) == (2, 1)
    with empty.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM persons").fetchone() == (0,)


def test_a_partners_secret_is_made_and_shown_once(run: Run, empty: ServiceDatabase):
    run("migrate")

    code, out, _ = run(
        "create-client", "--id", "firm-1", "--kind", "partner", "--division", WUFUQIAO, "--scope", "venue.read"
    )

    assert code == 0
    secret = json.loads(out)["client_secret"]
    with empty.superuser() as connection:
        assert secret not in str(connection.execute("SELECT * FROM clients").fetchall())


def test_keys_rotate_by_command_and_a_second_rotation_waits(run: Run):
    run("migrate")

    assert [run("rotate-keys")[0], run("rotate-keys")[0], run("rotate-keys", "--emergency")[0]] == [0, 2, 0]


def test_missing_settings_are_all_named_at_once(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("LINLI_ISSUER")
    monkeypatch.delenv("LINLI_KEY_FILE")

    code, _, said = run("import-divisions")

    assert code == 2
    assert "LINLI_ISSUER" in said
    assert "LINLI_KEY_FILE" in said
