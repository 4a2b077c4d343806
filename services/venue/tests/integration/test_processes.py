# SPDX-License-Identifier: Apache-2.0
"""The commands of the image, run as an operator runs them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from uuid import UUID

import pytest
from venue import schedule
from venue.__main__ import main
from venue.usecases.booking.book_space import BookSpace, book_space

from ..conftest import CONTRACTS, at, book, keyed, resident


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command as ``python -m venue`` does, with these settings alone; its exit code and what it said."""
    for name in [name for name in os.environ if name.startswith("LINLI_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return main(arguments), *capsys.readouterr()

    return run


def test_an_empty_database_is_migrated_and_gets_its_teahouse_once(databases, run):
    empty = databases.empty("venue")

    migrated = [run("migrate", LINLI_OWNER_DATABASE_URL=empty.url("owner"))[0] for _ in range(2)]
    told = os.environ | {"LINLI_APP_DATABASE_URL": empty.url("app")}
    created = [
        subprocess.run([sys.executable, "-m", "venue", "create-venue"], env=told, capture_output=True, text=True)
        for _ in range(2)
    ]

    assert migrated == [0, 0] and [done.returncode for done in created] == [0, 0], created[0].stderr
    assert UUID(created[0].stdout.strip()) == UUID(created[1].stdout.strip())
    with empty.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM spaces").fetchone() == (5,)
    databases.drop(empty)


def test_a_definition_that_makes_no_sense_is_refused_in_words(database, tmp_path, run):
    broken = tmp_path / "venue.yaml"
    broken.write_text("division: '510104030006'\n")

    code, _, said = run("create-venue", str(broken), LINLI_APP_DATABASE_URL=database.url("app"))

    assert code == 1
    assert "incomplete" in said and "Traceback" not in said


@pytest.mark.parametrize("command", ["web", "worker", "migrate", "create-venue"])
def test_a_process_says_everything_that_is_missing_and_does_not_start(command, run):
    code, _, said = run(command)

    assert code == 2
    assert "is missing" in said and "Traceback" not in said


def test_a_worker_without_a_broker_lives_and_ends_when_told(database):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "LINLI_ENVIRONMENT": "test", "LINLI_ISSUER": "http://localhost:1", "LINLI_JWKS_URL": "http://localhost:1/jwks",
        "LINLI_CONTRACTS_DIR": str(CONTRACTS), "LINLI_APP_DATABASE_URL": database.url("app"),
        "LINLI_PUBLIC_DATABASE_URL": database.url("public"), "LINLI_RELAY_DATABASE_URL": database.url("relay"),
        "LINLI_SWEEP_DATABASE_URL": database.url("sweep"), "LINLI_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "LINLI_METRICS_PORT": str(port),
    }  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-m", "venue", "worker"], env=os.environ | environment)

    try:
        assert status_of(f"http://127.0.0.1:{port}/livez") == 200
        assert worker.poll() is None
    finally:
        worker.send_signal(signal.SIGTERM)

    assert worker.wait(120) == 0


def status_of(url: str) -> int:
    """Ask until somebody answers."""
    for _ in range(1200):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {url}")


def test_an_unknown_command_shows_the_known_ones(run):
    code, _, said = run("dance")

    assert code == 2
    assert "migrate" in said


def test_idempotency_keys_are_forgotten_after_a_day(deps, house, frozen_clock, look):
    command = BookSpace(house.spaces["book_room"], at("2026-11-26T19:00"), at("2026-11-26T20:00"))
    book_space(deps, resident(), command, keyed())
    book(deps, resident(), house.spaces["book_room"], "2026-11-26T20:00", "2026-11-26T21:00")
    job = {job.name: job for job in schedule.jobs(deps)}["forget_idempotency_keys"]
    assert (job.name, job.run()) == ("forget_idempotency_keys", 0)

    frozen_clock.advance(hours=25)

    assert job.run() == 1
    assert look("SELECT count(*) FROM idempotency") == [(0,)]


def test_production_never_shifts_its_clock(config):
    with pytest.raises(ValueError, match="production"):
        replace(config, environment="production", clock_offset_seconds=86_400)
