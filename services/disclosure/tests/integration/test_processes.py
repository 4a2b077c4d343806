# SPDX-License-Identifier: Apache-2.0
"""The processes and tools of the service, as ``python -m disclosure`` starts them."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from chassis.auth import Actor
from disclosure import schedule
from disclosure.__main__ import main
from disclosure.settings import Settings


@pytest.fixture
def environment(monkeypatch, settings):
    """The environment a process of this service is given."""
    for field in fields(settings):
        if value := getattr(settings, field.name):
            monkeypatch.setenv(f"LINLI_{field.name.upper()}", str(value))


CONTRACT = ["--venue", "0192f0c0-0000-7000-8000-0000000000aa", "--operator", "示例茶馆运营方",
            "--fund-per-mille", "600", "--from", "2026-01-01", "--opened-month", "2026-10"]  # fmt: skip


def test_books_are_opened_at_the_machine_once(environment, database, capsys):
    first = main(["open-books", "--division", "510104030006", *CONTRACT])
    second = main(["open-books", "--division", "510104030006", *CONTRACT])

    lines = capsys.readouterr().out.split()
    assert (first, second) == (0, 0)
    assert lines[0] == lines[1]
    with database.superuser() as connection:
        assert connection.execute("SELECT opened_month FROM books").fetchall() == [("2026-10",)]


def test_an_overlapping_contract_is_refused_with_a_reason(environment, community, capsys):
    other = [part if part != "600" else "700" for part in CONTRACT]

    assert main(["open-books", "--division", "510104030006", *other]) == 2
    assert "contract" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"]])
def test_an_unknown_process_is_told_the_known_ones(arguments, capsys):
    assert main(arguments) == 2
    assert "web | worker | migrate" in capsys.readouterr().err


@pytest.mark.parametrize("process", ["web", "worker", "migrate", "replay"])
def test_a_process_names_every_missing_setting_and_stops(process, monkeypatch, capsys):
    for field in fields(Settings):
        monkeypatch.delenv(f"LINLI_{field.name.upper()}", raising=False)
    monkeypatch.delenv("LINLI_OWNER_DATABASE_URL", raising=False)

    assert main([process]) == 2
    assert "DATABASE_URL is missing" in capsys.readouterr().err


def test_migrate_brings_a_database_up_to_date(databases, monkeypatch):
    made = databases.empty("disclosure")
    monkeypatch.setenv("LINLI_OWNER_DATABASE_URL", made.url("owner"))

    assert main(["migrate"]) == 0

    with made.superuser() as connection:
        assert connection.execute("SELECT to_regclass('published_lines')").fetchone() != (None,)
    databases.drop(made)


def test_the_clock_is_never_shifted_in_production(settings):
    with pytest.raises(ValueError, match="never shifted"):
        replace(settings, environment="production", clock_offset_seconds=5.0)


def test_idempotency_keys_are_forgotten_after_a_day(deps, community, database):
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO idempotency (division_code, actor, operation, key, body_hash, created_at) VALUES"
            " ('510104030006', 'x', 'y', 'old', 'z', %(old)s), ('510104030006', 'x', 'y', 'new', 'z', %(new)s)",
            {"old": deps.clock.now() - timedelta(hours=25), "new": deps.clock.now()},
        )

    (job,) = schedule.jobs(deps)

    assert job.run() == 1
    with deps.database.unit_of_work(Actor.system("510104030006", "test")) as work:
        assert work.connection.exec_driver_sql("SELECT key FROM idempotency").scalars().all() == ["new"]
