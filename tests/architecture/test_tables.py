# SPDX-License-Identifier: Apache-2.0
"""Every table of every service, as a migrated database describes it: its kind, its policies and who may touch it."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from .tree import MIGRATIONS

KINDS = {"community", "tier", "published", "technical"}
TABLES = """
    SELECT c.oid, c.relname, coalesce(obj_description(c.oid), ''), c.relrowsecurity, c.relforcerowsecurity,
           pg_get_userbyid(c.relowner),
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'division_code'),
           (SELECT string_agg(pg_get_constraintdef(k.oid), ' | ') FROM pg_constraint k
             WHERE k.conrelid = c.oid AND k.contype = 'c'),
           c.relkind::text
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
       AND c.relname <> 'alembic_version' ORDER BY c.relname"""
KEYS = """
    SELECT i.indisprimary,
           array(SELECT a.attname::text FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.o)
      FROM pg_index i WHERE i.indrelid = %s AND i.indisunique"""
POLICIES = (
    "SELECT polname, pg_get_expr(polqual, polrelid), polroles::regrole[]::text[] FROM pg_policy WHERE polrelid = %s"
)
GRANTS = "SELECT grantee::text, privilege_type::text FROM information_schema.role_table_grants WHERE table_name = %s"


class Table(NamedTuple):
    """A table as the catalogue tells it."""

    oid: int
    name: str
    comment: str
    secured: bool
    forced: bool
    owner: str
    has_division: bool
    checks: str | None
    relkind: str

    @property
    def kind(self):
        return (re.match(r"kind: (\w+)\.", self.comment) or ["", ""])[1]


@pytest.fixture(scope="module", params=MIGRATIONS)
def migrated(request, databases):
    """A database of each service at its newest revision."""
    database = databases.fresh(request.param, MIGRATIONS[request.param])
    with database.superuser() as catalogue:
        catalogue.service = request.param
        tables = [Table(*row) for row in catalogue.execute(TABLES).fetchall()]
        assert tables
        yield catalogue, request.param, tables
    databases.drop(database)


def keys(catalogue, table, primary):
    found = catalogue.execute(KEYS, (table.oid,)).fetchall()
    return [columns for is_primary, columns in found if is_primary is primary]


def test_every_table_states_its_kind_and_what_it_is_for(migrated):
    _, _, tables = migrated
    for table in tables:
        assert table.kind in KINDS, f"{table.name} states no kind: {table.comment!r}"
        assert len(table.comment) > len(f"kind: {table.kind}. ") + 5, table.name
        assert table.relkind in ("r", "p"), f"{table.name} is no table; a view runs past row-level security"


def test_community_and_tier_tables_are_secured_even_from_their_owner(migrated):
    catalogue, _, tables = migrated
    for table in tables:
        protected = table.kind in ("community", "tier")
        assert (table.secured, table.forced) == (protected, protected), table.name
        if protected:
            assert table.has_division, table.name
            assert "division_code" in (table.checks or ""), f"{table.name} takes any code"
            policies = {
                name: (rule, roles) for name, rule, roles in catalogue.execute(POLICIES, (table.oid,)).fetchall()
            }
            rule, _ = policies["division"]
            assert "current_setting('app.division'" in rule and "NULLIF" in rule.upper(), table.name
            assert ("COLLATE" in rule) is (table.kind == "tier"), table.name


def test_a_policy_that_opens_more_is_for_one_named_role(migrated):
    catalogue, service, tables = migrated
    for table in tables:
        for name, _, roles in catalogue.execute(POLICIES, (table.oid,)).fetchall():
            if name != "division":
                assert roles and roles != ["-"], f"{table.name}: policy {name} is for everybody"
                assert f"{service}_app" not in roles, f"{table.name}: policy {name} opens more to every request"


def test_keys_of_community_tables_begin_with_the_division(migrated):
    catalogue, _, tables = migrated
    for table in tables:
        if table.kind == "community":
            assert [one[0] for one in keys(catalogue, table, primary=True)] == ["division_code"], table.name
            for unique in keys(catalogue, table, primary=False):
                assert "division_code" in unique, f"{table.name} is unique across communities: {unique}"


def test_processes_own_nothing_and_pass_no_policy(migrated):
    catalogue, service, tables = migrated
    assert {table.owner for table in tables} == {f"{service}_owner"}
    roles = catalogue.execute(
        "SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE %s",
        (f"{service}\\_%",),
    ).fetchall()
    assert len(roles) >= 2
    for name, *powers in roles:
        assert powers == [False, False, False], name


def test_the_public_role_reads_and_never_writes_and_nothing_of_a_community(migrated):
    catalogue, service, tables = migrated
    for table in tables:
        granted = {
            what for who, what in catalogue.execute(GRANTS, (table.name,)).fetchall() if who == f"{service}_public"
        }
        assert granted <= {"SELECT"}, table.name
        assert not granted or table.kind in ("published", "technical"), table.name
        if table.kind == "published":
            assert granted == {"SELECT"}, f"nobody can read {table.name}"


def test_no_request_may_rewrite_what_only_grows(migrated):
    catalogue, service, _ = migrated
    for table in ("audit", "outbox", "event_log"):
        granted = {what for who, what in catalogue.execute(GRANTS, (table,)).fetchall() if who == f"{service}_app"}
        assert not granted & {"UPDATE", "DELETE", "TRUNCATE"}, table


def test_nothing_is_granted_to_everybody(migrated):
    catalogue, _, tables = migrated
    for table in tables:
        assert "PUBLIC" not in {who for who, _ in catalogue.execute(GRANTS, (table.name,)).fetchall()}, table.name
