# SPDX-License-Identifier: Apache-2.0
"""Runs a scenario in a town with a real database of sessions."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from gateway.edge.__main__ import MIGRATIONS

from .town import town


@pytest.fixture(scope="session")
def edge_database(databases):
    database = databases.fresh("edge", MIGRATIONS)
    yield database
    databases.drop(database)


@pytest.fixture
def database(edge_database):
    with edge_database.superuser() as connection:
        connection.execute("TRUNCATE sessions, sign_ins")
    return edge_database


@pytest.fixture
def in_town(database):
    """Call with an async scenario that takes the town; settings may be changed by keyword."""
    folder = Path(tempfile.mkdtemp(prefix="ll"))  # a Unix socket's address is short

    def run(scenario, **changes):
        async def play():
            async with town(database.url("app"), folder, **changes) as here:
                return await scenario(here)

        return asyncio.run(play())

    yield run
    shutil.rmtree(folder, ignore_errors=True)
