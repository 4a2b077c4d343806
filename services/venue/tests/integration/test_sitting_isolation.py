# SPDX-License-Identifier: Apache-2.0
"""A community sees its own sittings, topics and tickets, even where every WHERE is forgotten."""

from __future__ import annotations

import pytest
from chassis.clock import FrozenClock
from psycopg import errors
from venue import bootstrap

from ..conftest import NEIGHBOUR, WUFUQIAO, at, build_house, resident, settings_for
from .sitting_house import desk, open_tea, propose, publish, take

COMMUNITY = ["rotas", "sessions", "topics", "topic_supports", "tickets"]
PUBLISHED = ["published_sessions", "published_topics", "published_seats"]


@pytest.fixture(scope="module")
def full(databases, teahouse):
    """A database with a sitting, a public topic somebody stands behind, and a number at a desk."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    deps = bootstrap.build(settings_for(database), clock=FrozenClock(at("2026-11-23T10:00")))
    house = build_house(deps, database, teahouse)
    publish(deps, propose(deps, resident(), open_tea(deps, house)))
    take(deps, resident(), desk(deps, house))
    deps.database.close()
    yield database
    databases.drop(database)


def seen(full, role: str, division: str, table: str) -> int:
    with full.as_role(role, division) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("table", COMMUNITY)
def test_without_any_where_only_ones_own_rows_appear(full, table):
    assert seen(full, "app", WUFUQIAO, table) > 0
    for stranger in (NEIGHBOUR, WUFUQIAO[:9], ""):
        assert seen(full, "app", stranger, table) == 0


@pytest.mark.parametrize("table", COMMUNITY)
def test_the_public_role_reads_no_community_table(full, table):
    with pytest.raises(errors.InsufficientPrivilege):
        seen(full, "public", WUFUQIAO, table)


@pytest.mark.parametrize("table", PUBLISHED)
def test_the_public_role_reads_what_was_published_and_writes_nothing(full, table):
    assert seen(full, "public", "", table) > 0
    with full.as_role("public") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(f"DELETE FROM {table}")


def test_what_is_published_names_no_person_and_no_officer(full):
    with full.superuser() as everything:
        columns = everything.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)", (PUBLISHED,)
        ).fetchall()
        facts = everything.execute("SELECT facts::text FROM published_sessions").fetchall()

    assert not [name for _, name in columns if "person" in name or "officer" in name]
    assert "officer" not in str(facts).replace("street_officer", "").replace("Street officer", "")


def test_nothing_of_another_community_can_be_changed_or_claimed(full):
    with full.as_role("app", NEIGHBOUR) as connection:
        for table in ("sessions", "topics", "tickets"):
            assert connection.execute(f"UPDATE {table} SET version = version + 1").rowcount == 0
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO topic_supports VALUES (%s, gen_random_uuid(), gen_random_uuid(), now())", (WUFUQIAO,)
            )
