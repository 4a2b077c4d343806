# SPDX-License-Identifier: Apache-2.0
"""A community sees its own: in every table, for every role, whatever the statement says."""

from datetime import date

import pytest
from chassis.auth import Actor

HOME, NEXT = "510104030006", "510104030009"
COMMUNITY_TABLES = """
    SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND obj_description(c.oid) LIKE 'kind: community%' ORDER BY 1"""


@pytest.fixture
def both(database, community, neighbours):
    """Two communities, each with an entry, a published month and a submitted one."""
    for one in (community, neighbours):
        one.settle(6000, on=date(2026, 10, 20))
        one.publish("2026-10")
        one.submit("2026-11", confirm=True)
    return database


def tables(database):
    with database.superuser() as connection:
        return [row[0] for row in connection.execute(COMMUNITY_TABLES)]


def test_without_any_where_clause_only_ones_own_rows_appear(both):
    with both.as_role("app", HOME) as connection:
        seen = {
            table: {row[0] for row in connection.execute(f"SELECT division_code FROM {table}")}
            for table in tables(both)
        }

    assert set(seen) >= {"books", "accounts", "contracts", "periods", "journal_entries", "postings", "statements"}
    assert all(codes <= {HOME} for codes in seen.values())
    filled = {table for table, codes in seen.items() if codes}
    assert filled >= {"books", "accounts", "contracts", "periods", "journal_entries", "postings", "statements"}


@pytest.mark.parametrize("division", ["", "510104030", "510104"])
def test_no_division_and_the_tiers_above_see_no_row(both, division):
    with both.as_role("app", division) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables(both)]

    assert set(counts) == {0}


def test_nobody_writes_into_another_community(both):
    with both.as_role("app", HOME) as connection, pytest.raises(Exception, match="row-level security"):
        connection.execute(
            "INSERT INTO periods (division_code, book_id, month) VALUES (%s, gen_random_uuid(), '2026-12')", (NEXT,)
        )


def test_the_book_of_another_community_cannot_be_locked_or_posted_to(both, neighbours):
    with both.superuser() as connection:
        foreign = connection.execute("SELECT id FROM books WHERE division_code = %s", (NEXT,)).fetchone()[0]

    with both.as_role("app", HOME) as connection:
        assert connection.execute("SELECT lock_book(%s)", (foreign,)).fetchone() == (None,)


def test_the_public_role_reads_published_tables_and_nothing_else(both):
    with both.as_role("public") as connection:
        assert len(connection.execute("SELECT DISTINCT division_code FROM published_lines").fetchall()) == 2
        readable = connection.execute("""
            SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND has_table_privilege(oid, 'SELECT') ORDER BY 1""").fetchall()
        writable = connection.execute("""
            SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')""").fetchall()

    assert readable == [("published_lines",), ("published_statements",)]
    assert writable == []


def test_events_and_audit_name_the_community_they_are_of(both):
    with both.superuser() as connection:
        for table in ("outbox", "audit"):
            counts = dict(connection.execute(f"SELECT division_code, count(*) FROM {table} GROUP BY 1").fetchall())
            assert set(counts) == {HOME, NEXT}


def test_a_published_line_tells_neither_who_nor_why(both):
    with both.superuser() as connection:
        columns = {row[0] for row in connection.execute("""
            SELECT column_name FROM information_schema.columns WHERE table_name = 'published_lines'""")}  # fmt: skip

    assert columns == {
        "division_code", "book", "month", "version", "line_no", "entry_no", "occurred_on", "posted_on", "room", "kind",
        "gross_fen", "fund_fen", "operator_fen", "suspense_fen", "deposit_fen", "relates_to_line",
        "relates_to_entry_no",
        "reversed_by_entry_no", "notes",
    }  # fmt: skip


def test_a_clerk_of_the_street_submits_nothing(both, community):
    street = Actor("x", "510104030", frozenset({"disclosure.prepare"}), "street_officer")

    with pytest.raises(Exception, match="no_books"):
        community.submit("2026-11", confirm=True, by=street)
