# SPDX-License-Identifier: Apache-2.0
"""Migrating a database that already holds data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chassis.testing.postgres import Databases, ServiceDatabase
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO
from identity.bootstrap import MIGRATIONS

from chassis import migrations

BEFORE_LABELS = """
    INSERT INTO places (division_code, place_id, kind, parent_id, name, created_at) VALUES
        (%(division)s, '00000000-0000-7000-8000-000000000001', 'estate', NULL, %(estate)s, now()),
        (%(division)s, '00000000-0000-7000-8000-000000000002', 'building',
            '00000000-0000-7000-8000-000000000001', '1栋', now()),
        (%(division)s, '00000000-0000-7000-8000-000000000003', 'household',
            '00000000-0000-7000-8000-000000000002', '0101', now())"""


@pytest.fixture
def older(databases: Databases) -> Iterator[ServiceDatabase]:
    """A database as the first version left it, with the same ids in two communities."""
    database = databases.empty("identity")
    migrations.upgrade(MIGRATIONS, database.url("owner"), "0001")
    for division, estate in ((WUFUQIAO, "示例小区"), (SHUANGGUILU, "示例花园")):
        with database.as_role("app", division) as connection:
            connection.execute(BEFORE_LABELS, {"division": division, "estate": estate})
    yield database
    databases.drop(database)


def test_places_of_the_first_version_get_their_labels(older: ServiceDatabase):
    migrations.upgrade(MIGRATIONS, older.url("owner"))

    for division, estate in ((WUFUQIAO, "示例小区"), (SHUANGGUILU, "示例花园")):
        with older.as_role("app", division) as connection:
            labels = [row[0] for row in connection.execute("SELECT label FROM places ORDER BY place_id")]
        assert labels == [estate, f"{estate} 1栋", f"{estate} 1栋 0101"]


def test_row_level_security_is_forced_again_after_the_data_migration(older: ServiceDatabase):
    migrations.upgrade(MIGRATIONS, older.url("owner"))

    with older.as_role("owner") as connection:
        assert connection.execute("SELECT count(*) FROM places").fetchone() == (0,)


def test_migrating_twice_changes_nothing(older: ServiceDatabase):
    migrations.upgrade(MIGRATIONS, older.url("owner"))
    migrations.upgrade(MIGRATIONS, older.url("owner"))

    with older.superuser() as connection:
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert version == (migrations.head(MIGRATIONS),)
