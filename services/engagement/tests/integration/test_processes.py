# SPDX-License-Identifier: Apache-2.0
"""The processes of the service: what they say when they cannot start, and that migrating can be repeated."""

from __future__ import annotations

import logging
import os

import pytest
from engagement.__main__ import main
from engagement.schedule import jobs


@pytest.fixture
def bare(monkeypatch):
    """An environment without any of our variables; the process's way of logging ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for name in [name for name in os.environ if name.startswith("LINLI_")]:
        monkeypatch.delenv(name)
    yield monkeypatch
    root.handlers[:] = handlers
    root.setLevel(level)


def test_an_unknown_process_is_told_what_there_is(capsys):
    assert main(["dance"]) == 2
    assert "web | worker | migrate | replay" in capsys.readouterr().err


@pytest.mark.parametrize("process", ["web", "worker", "migrate"])
def test_a_process_names_every_missing_setting_at_once(bare, capsys, process):
    assert main([process]) == 2
    told = capsys.readouterr().err
    wanted = ["LINLI_OWNER_DATABASE_URL"] if process == "migrate" else ["LINLI_ISSUER", "LINLI_APP_DATABASE_URL"]
    assert all(name in told for name in wanted)


def test_migrating_twice_is_migrating_once(bare, databases):
    database = databases.empty("engagement")
    bare.setenv("LINLI_OWNER_DATABASE_URL", database.url("owner"))

    assert (main(["migrate"]), main(["migrate"])) == (0, 0)

    with database.superuser() as catalogue:
        assert catalogue.execute("SELECT count(*) FROM need_categories").fetchone() == (18,)
    databases.drop(database)


def test_counts_are_published_and_notices_and_keys_forgotten_by_the_clock(desk):
    assert [job.name for job in jobs(desk.deps)] == ["publish_need_counts", "forget_notices", "forget_idempotency_keys"]
    for job in jobs(desk.deps):
        job.run()
