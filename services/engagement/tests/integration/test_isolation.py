# SPDX-License-Identifier: Apache-2.0
"""Guarantee 5 on engagement's own tables: a community sees its own, the public role what was published."""

from __future__ import annotations

import psycopg
import pytest
from chassis.db import uuid7
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO

from services.engagement.tests.desk import NEED

COMMUNITY = ("visits", "needs", "need_timeline", "need_numbers", "notices", "audit", "idempotency")


@pytest.fixture
def two_communities(desk):
    for division in (WUFUQIAO, SHUANGGUILU):
        desk.resident(division).post("/needs", NEED)
        visit = {
            "person_id": str(uuid7()),
            "household_id": str(uuid7()),
            "visited_at": "2026-11-23T01:00:00Z",
            "note": "走访",
        }
        assert desk.worker(division).post("/visits", visit).status_code == 201
        desk.notice(desk.resident(division), division)
    return desk.database


@pytest.mark.parametrize("table", COMMUNITY)
def test_without_any_where_clause_only_the_own_communitys_rows_appear(two_communities, table):
    with two_communities.as_role("app", WUFUQIAO) as app:
        assert app.execute(f"SELECT DISTINCT division_code FROM {table}").fetchall() == [(WUFUQIAO,)]


@pytest.mark.parametrize("table", COMMUNITY)
@pytest.mark.parametrize("division", ["", "510104", "510104030"])
def test_neither_nobody_nor_a_higher_tier_reads_a_community_table(two_communities, table, division):
    with two_communities.as_role("app", division) as app:
        assert app.execute(f"SELECT * FROM {table}").fetchall() == []


def test_changing_without_a_where_clause_leaves_the_other_community_untouched(two_communities):
    with two_communities.as_role("app", WUFUQIAO) as app:
        app.execute("UPDATE needs SET title = 'mine'")

    with two_communities.superuser() as everything:
        rows = everything.execute("SELECT division_code FROM needs WHERE title = 'mine'").fetchall()
    assert rows == [(WUFUQIAO,)]


@pytest.mark.parametrize("table", [*COMMUNITY, "need_tallies", "need_counts_due", "outbox", "inbox"])
def test_the_public_role_reads_nothing_that_was_not_published(two_communities, table):
    with (
        two_communities.as_role("public", WUFUQIAO) as public,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        public.execute(f"SELECT * FROM {table}")


def test_the_app_role_reads_no_count_before_anything_is_hidden(two_communities):
    with two_communities.as_role("app", "510104") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("SELECT * FROM need_tallies")
