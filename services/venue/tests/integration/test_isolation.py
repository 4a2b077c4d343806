# SPDX-License-Identifier: Apache-2.0
"""A community sees its own, even where every WHERE is forgotten; the public sees what was published."""

from __future__ import annotations

import psycopg
import pytest
from chassis.clock import FrozenClock
from psycopg import errors
from psycopg.rows import namedtuple_row
from venue import bootstrap

from ..conftest import NEIGHBOUR, WUFUQIAO, at, book, build_house, resident, settings_for
from .test_sitting_isolation import COMMUNITY as OF_SITTINGS

COMMUNITY = [
    "venues", "spaces", "atoms", "space_atoms", "regimes", "regime_rules", "prices", "bookings", "occupancies",
    "receipt_counters", "settlements", "reversals", "audit", "idempotency",
]  # fmt: skip
# Tables of the modules, of which the catalogue alone is looked at here: each has the very policy tried above with rows.
# Those of money, quotas and calendars are tried with rows of two communities in test_money_isolation.
BY_POLICY = [
    "booking_parts", "calendar_feeds", "check_ins", "closures", "day_statements", "deposit_endings", "deposits",
    "door_displays", "door_secrets", "equipment", "equipment_holds", "exemptions", "household_members", "import_rows",
    "imports", "left_behind",
    "marks", "owed_sessions", "pauses", "payment_events", "payment_intents", "posted_entries",
    "public_share_shortfalls", "quota_counters", "quota_uses", "quotas", "reconciliation_differences",
    "refund_executions", "refunds", "regime_exceptions", "requested_equipment", "series", "series_dates",
    "series_equipment", "special_days", "time_zone_releases", "waiting_entries",
]  # fmt: skip
MONEY_AND_KEYS = [
    """
    INSERT INTO settlements (division_code, id, booking_id, venue_id, attempt, receipt_no, amount_fen, method,
        settled_at, occurred_on, settled_by)
    SELECT division_code, gen_random_uuid(), id, venue_id, 1, 1, 24000, 'cash', now(), now()::date, 'x'
    FROM bookings""",
    """
    INSERT INTO reversals (division_code, id, booking_id, settlement_id, amount_fen, reason_code, reversed_at,
        occurred_on, reversed_by)
    SELECT division_code, gen_random_uuid(), booking_id, id, 24000, 'other', now(), now()::date, 'x'
    FROM settlements""",
    "INSERT INTO idempotency (division_code, actor, operation, key, body_hash, created_at)"
    " SELECT division_code, 'a', 'o', 'k', 'h', now() FROM bookings",
]
PUBLISHED = ["published_venues", "published_spaces", "published_busy_times"]
PUBLISHED_BY_MODULES = ["published_sessions", "published_topics", "published_seats", "venue_photos"]


@pytest.fixture(scope="module")
def full(databases, teahouse):
    """A database with a booking that has been settled and reversed, and an answer kept under its key."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    deps = bootstrap.build(settings_for(database), clock=FrozenClock(at("2026-11-23T10:00")))
    house = build_house(deps, database, teahouse)
    book(deps, resident(), house.spaces["whole_house"], "2026-11-26T19:00", "2026-11-26T21:00")
    deps.database.close()
    with database.superuser() as connection:
        for statement in MONEY_AND_KEYS:
            connection.execute(statement)
    yield database
    databases.drop(database)


def seen(full, role: str, division: str, table: str) -> int:
    with full.as_role(role, division) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("table", COMMUNITY)
def test_without_any_where_only_ones_own_rows_appear(full, table):
    assert seen(full, "app", WUFUQIAO, table) > 0
    assert seen(full, "app", NEIGHBOUR, table) == 0
    assert seen(full, "app", WUFUQIAO[:9], table) == 0  # an officer of the street is not the community


@pytest.mark.parametrize("table", COMMUNITY)
def test_without_a_division_there_are_no_rows(full, table):
    assert seen(full, "app", "", table) == 0


def test_nothing_of_another_community_can_be_changed_or_claimed(full):
    with full.as_role("app", NEIGHBOUR) as connection:
        assert connection.execute("UPDATE bookings SET purpose = 'x'").rowcount == 0
        assert connection.execute("UPDATE occupancies SET active = false").rowcount == 0
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("INSERT INTO receipt_counters VALUES (%s, gen_random_uuid(), 0)", (WUFUQIAO,))


@pytest.mark.parametrize("table", COMMUNITY)
def test_the_public_role_reads_no_community_table(full, table):
    with pytest.raises(errors.InsufficientPrivilege):
        seen(full, "public", WUFUQIAO, table)


@pytest.mark.parametrize("table", PUBLISHED)
def test_the_public_role_reads_what_was_published_and_writes_nothing(full, table):
    assert seen(full, "public", "", table) > 0
    with full.as_role("public") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(f"DELETE FROM {table}")


def test_every_table_states_its_kind_and_every_community_table_forces_its_policy(full):
    with full.superuser() as connection:
        connection.row_factory = namedtuple_row
        tables = connection.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity, obj_description(oid) AS comment FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
        ).fetchall()

    kinds = {table.relname: (table.comment or "").split(".")[0] for table in tables}
    assert set(kinds.values()) == {"kind: community", "kind: published", "kind: technical"}
    assert sorted(name for name, kind in kinds.items() if kind == "kind: community") == sorted(
        [*COMMUNITY, *OF_SITTINGS, *BY_POLICY]
    )
    assert {name for name, kind in kinds.items() if kind == "kind: published"} == {*PUBLISHED, *PUBLISHED_BY_MODULES}
    assert all(
        table.relrowsecurity and table.relforcerowsecurity
        for table in tables
        if kinds[table.relname] == "kind: community"
    )


def test_every_community_table_has_one_and_the_same_policy(full):
    own = "(division_code = NULLIF(current_setting('app.division'::text, true), ''::text))"
    with full.superuser() as connection:
        policies = connection.execute(
            "SELECT tablename, roles::text, cmd, qual, with_check, permissive FROM pg_policies"
        ).fetchall()

    sweeping = [policy for policy in policies if policy[1] == "{venue_sweep}"]
    assert [policy[0] for policy in sweeping] == ["idempotency"], "the sweep visits expired keys alone"
    assert sorted(policy for policy in policies if policy not in sweeping) == sorted(
        (table, "{public}", "ALL", own, own, "PERMISSIVE") for table in [*COMMUNITY, *OF_SITTINGS, *BY_POLICY]
    )


def test_reads_of_held_times_use_the_index_made_for_them(full):
    """Range operators would lose the index under row-level security; plain comparisons keep it."""
    with full.as_role("app", WUFUQIAO) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in _explain(connection))

    assert "ix_occupancies_atom_ends_at" in plan
    assert "ends_at >" in plan.split("Index Cond:")[1].splitlines()[0]


def _explain(connection: psycopg.Connection) -> list[tuple[str]]:
    return connection.execute(
        "EXPLAIN SELECT starts_at FROM occupancies WHERE division_code = '510104030006' AND atom_id = gen_random_uuid()"
        " AND active AND ends_at > '2026-11-26' AND starts_at < '2026-11-27'"
    ).fetchall()
