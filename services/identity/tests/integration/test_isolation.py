# SPDX-License-Identifier: Apache-2.0
"""What the database itself refuses: other communities' rows, and what must never be."""

from __future__ import annotations

import psycopg
import pytest
from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO
from identity.bootstrap import Deps

from services.identity.tests.conftest import Register

COMMUNITY = ("places", "persons", "memberships", "offices", "audit")


@pytest.fixture
def two(deps: Deps, register: Register) -> tuple[str, str]:
    """A person with an office in each of two communities."""
    found = []
    for one in (register, Register(deps, SHUANGGUILU)):
        found.append(one.person("居民甲01", "13800000001"))
        one.office(found[-1], "venue_operator")
    return found[0], found[1]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("table", COMMUNITY)
def test_without_any_condition_only_the_own_community_appears(database: ServiceDatabase, table: str):
    with database.as_role("app", WUFUQIAO) as connection:
        seen = {row[0] for row in connection.execute(f"SELECT division_code FROM {table}")}

    assert seen == {WUFUQIAO}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize("table", COMMUNITY)
def test_without_a_division_nothing_appears_not_even_to_the_owner(database: ServiceDatabase, role: str, table: str):
    with database.as_role(role) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("division", ["510104030", "510104", "51010403000"])
def test_a_street_or_district_sees_no_person(database: ServiceDatabase, division: str):
    with database.as_role("app", division) as connection:
        assert connection.execute("SELECT count(*) FROM persons").fetchone() == (0,)


def test_nobody_writes_into_another_community(database: ServiceDatabase, two: tuple[str, str]):
    with database.as_role("app", WUFUQIAO) as connection:
        changed = connection.execute("UPDATE persons SET version = 9 WHERE person_id = %s", [two[1]])
        assert changed.rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO places (division_code, place_id, kind, name, label, created_at)"
                " VALUES (%s, gen_random_uuid(), 'estate', 'x', 'x', now())",
                [SHUANGGUILU],
            )


def test_the_public_role_reads_the_list_and_nothing_else(database: ServiceDatabase, register: Register):
    with database.as_role("public", WUFUQIAO) as connection:
        assert connection.execute("SELECT count(*) FROM divisions").fetchone() == (88,)
        for table in (*COMMUNITY, "accounts", "clients", "signing_keys", "refresh_tokens", "outbox"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT 1 FROM {table}")


def test_no_name_and_no_number_lies_open_anywhere_in_the_database(database: ServiceDatabase, register: Register):
    register.person("独一无二者", "13912345678")

    with database.superuser() as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        dump = "".join(str(connection.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in tables)

    assert register.division in dump
    for secret in ("独一无二者", "13912345678"):
        assert secret not in dump
        assert str(secret.encode())[2:-1] not in dump


def test_every_table_states_its_kind_and_keeps_it(database: ServiceDatabase):
    with database.superuser() as connection:
        rows = connection.execute("""
            SELECT relname, obj_description(oid, 'pg_class'), relrowsecurity AND relforcerowsecurity
            FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
              AND relname <> 'alembic_version'""").fetchall()

    for name, comment, is_forced in rows:
        kind = (comment or "").removeprefix("kind: ").split(".")[0].split(" ")[0]
        assert kind in ("community", "tier", "published", "technical"), name
        assert is_forced == (kind in ("community", "tier")), name


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("UPDATE places SET kind = 'estate' WHERE kind = 'household'", psycopg.errors.CheckViolation),
        ("UPDATE places SET parent_id = place_id WHERE kind = 'household'", psycopg.errors.ForeignKeyViolation),
        ("UPDATE memberships SET household_id = NULL", psycopg.errors.CheckViolation),
        (
            "UPDATE memberships SET household_id = (SELECT place_id FROM places WHERE kind = 'building')",
            psycopg.errors.ForeignKeyViolation,
        ),
        ("UPDATE offices SET ends_on = starts_on - 1", psycopg.errors.CheckViolation),
        ("UPDATE offices SET place = '510104030'", psycopg.errors.CheckViolation),
        ("UPDATE offices SET office = 'mayor'", psycopg.errors.CheckViolation),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_impossible_is_refused_by_constraint(database: ServiceDatabase, two, statement: str, refused: type):
    with database.as_role("app", WUFUQIAO) as connection, pytest.raises(refused):
        connection.execute(statement)


def test_one_person_never_has_both_offices_of_the_fund_even_past_the_rules(database, register: Register):
    person_id = register.person("书记甲01", membership="staff")
    register.office(person_id, "community_secretary")

    with database.as_role("app", WUFUQIAO) as connection, pytest.raises(psycopg.errors.UniqueViolation) as refusal:
        connection.execute(
            "INSERT INTO offices (division_code, office_id, person_id, office, place, starts_on, ends_on)"
            " VALUES (%s, gen_random_uuid(), %s, 'finance_clerk', %s, '2026-01-01', '2027-01-01')",
            [WUFUQIAO, person_id, WUFUQIAO],
        )

    assert refusal.value.diag.constraint_name == "uq_offices_incompatible"
