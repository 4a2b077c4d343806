# SPDX-License-Identifier: Apache-2.0
"""Guarantee 5: a community sees its own and nothing else, whatever the query says."""

from pathlib import Path

import psycopg
import pytest
from chassis.db import uuid7

VERSIONS = Path(__file__).parents[1] / "versions"
WUFUQIAO, SHUANGGUILU, SHAHE, DISTRICT = "510104030006", "510104030009", "510104030", "510104"


@pytest.fixture
def notes(fresh_database):
    database = fresh_database("venue", VERSIONS)
    for code in (WUFUQIAO, SHUANGGUILU):
        with database.as_role("app", code) as app:
            app.execute("INSERT INTO notes VALUES (%s, %s, 'x')", (code, uuid7()))
            app.execute("INSERT INTO tallies VALUES (%s, 7)", (code,))
    return database


def test_without_any_where_clause_only_the_own_communitys_rows_appear(notes):
    with notes.as_role("app", WUFUQIAO) as app:
        assert app.execute("SELECT DISTINCT division_code FROM notes").fetchall() == [(WUFUQIAO,)]


def test_no_division_set_means_zero_rows(notes):
    with notes.as_role("app") as app:
        assert app.execute("SELECT * FROM notes").fetchall() == []
        assert app.execute("SELECT * FROM tallies").fetchall() == []


def test_the_owner_sees_nothing_either_because_security_is_forced(notes):
    with notes.as_role("owner") as owner:
        assert owner.execute("SELECT * FROM notes").fetchall() == []


def test_a_row_of_another_community_cannot_be_written(notes):
    with notes.as_role("app", WUFUQIAO) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("INSERT INTO notes VALUES (%s, %s, 'x')", (SHUANGGUILU, uuid7()))


def test_updating_and_deleting_without_where_leaves_other_communities_untouched(notes):
    with notes.as_role("app", WUFUQIAO) as app:
        app.execute("UPDATE notes SET text = 'mine'")
        app.execute("DELETE FROM notes")

    with notes.superuser() as everything:
        assert everything.execute("SELECT division_code, text FROM notes").fetchall() == [(SHUANGGUILU, "x")]


@pytest.mark.parametrize(("code", "seen"), [(DISTRICT, 2), (SHAHE, 2), (WUFUQIAO, 1), ("510107", 0), ("51010403", 0)])
def test_a_tier_sees_what_lies_inside_it(notes, code, seen):
    with notes.as_role("app", code) as app:
        rows = app.execute("SELECT * FROM tallies").fetchall()
    assert len(rows) == (2 if code == "51010403" else seen)  # a prefix is no division; tokens never carry one


def test_the_district_reads_no_community_table(notes):
    with notes.as_role("app", DISTRICT) as app:
        assert app.execute("SELECT * FROM notes").fetchall() == []


def test_the_public_role_reads_published_tables_alone(notes):
    with notes.as_role("public", WUFUQIAO) as public:
        assert public.execute("SELECT * FROM notices").fetchall() == []
        for table in ("notes", "tallies", "audit", "idempotency"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                public.execute(f"SELECT * FROM {table}")


def test_audit_rows_can_be_neither_changed_nor_removed_by_the_app(notes):
    with notes.as_role("app", WUFUQIAO) as app:
        for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
