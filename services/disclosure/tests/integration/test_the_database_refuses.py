# SPDX-License-Identifier: Apache-2.0
"""Direct SQL as the service's own role: what a bug or an intruder in the process could try, the database refuses."""

from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from chassis.db import uuid7
from psycopg import errors

HOME = "510104030006"


@pytest.fixture
def intruder(database, community):
    """The app role in the community's division, with one entry posted and October published."""
    community.settle(6000, on=date(2026, 10, 20))
    community.publish("2026-10")
    with database.as_role("app", HOME) as connection:
        yield connection


@contextmanager
def refused(name=None, kind=psycopg.Error):
    """Expect a refusal by the constraint of that name."""
    with pytest.raises(kind) as refusal:
        yield
    if name is not None:
        assert refusal.value.diag.constraint_name == name


def add_entry(connection, *, month="2026-11", kind="income", postings=((1, 6000), (2, -6000)), count=None, **other):
    """Insert an entry with postings (account 1 is clearing, 2 is income) in one transaction."""
    accounts = {1: "operator_clearing", 2: "fund_income"}
    with connection.transaction():
        book = connection.execute("SELECT id FROM books").fetchone()[0]
        connection.execute(
            "INSERT INTO periods (division_code, book_id, month) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (HOME, book, month),
        )
        entry = {
            "division_code": HOME, "id": uuid7(), "book_id": book, "month": month, "kind": kind,
            "occurred_on": date(2026, 11, 1), "posted_on": date(2026, 11, 1), "posted_at": "2026-11-01T00:00:00Z",
            "venue_id": uuid7(), "room": "议事茶亭", "source_event": f"test/{uuid7()}", "posted_by": "intruder",
            "postings_count": len(postings) if count is None else count,
        } | other  # fmt: skip
        names = ", ".join(entry)
        connection.execute(
            f"INSERT INTO journal_entries ({names}) VALUES ({', '.join(['%s'] * len(entry))})", list(entry.values())
        )
        for line_no, (account, amount) in enumerate(postings, 1):
            add_posting(connection, book, entry["id"], line_no, accounts[account], amount)
    return entry["id"]


def add_posting(connection, book, entry_id, line_no, account, amount):
    connection.execute(
        "INSERT INTO postings (division_code, book_id, entry_id, line_no, account, amount_fen)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (HOME, book, entry_id, line_no, account, amount),
    )


class TestBalance:
    def test_a_balanced_entry_is_accepted(self, intruder):
        add_entry(intruder)

        assert intruder.execute("SELECT max(no) FROM journal_entries").fetchone() == (2,)

    def test_an_unbalanced_entry_is_refused_at_commit(self, intruder):
        with refused("entry_balances"):
            add_entry(intruder, postings=((1, 6000), (2, -5999)))

    def test_an_entry_without_postings_is_refused(self, intruder):
        with refused("entry_balances"):
            add_entry(intruder, postings=(), count=2)

    def test_a_posting_of_nothing_is_refused(self, intruder):
        with refused("ck_postings_amount_fen"):
            add_entry(intruder, postings=((1, 6000), (2, -6000), (1, 0)))

    def test_postings_cannot_be_added_to_an_entry_later(self, intruder):
        entry = intruder.execute("SELECT id, book_id FROM journal_entries").fetchone()

        with refused("entry_balances"), intruder.transaction():
            add_posting(intruder, entry[1], entry[0], 8, "operator_clearing", 100)
            add_posting(intruder, entry[1], entry[0], 9, "fund_income", -100)

    def test_hiding_the_rows_from_the_check_refuses_too(self, intruder):
        with refused("entry_balances"), intruder.transaction():
            add_entry(intruder, postings=((1, 6000), (2, -5999)))
            intruder.execute("SELECT set_config('app.division', '', true)")

    def test_a_reversal_that_is_not_the_opposite_is_refused(self, intruder):
        original = intruder.execute("SELECT id FROM journal_entries").fetchone()[0]

        with refused("reversal_is_opposite"):
            add_entry(intruder, kind="reversal", relates_to=original, postings=((1, -6000), (2, 6000)))

    def test_an_account_of_another_book_is_refused(self, intruder):
        with refused("fk_postings_account"), intruder.transaction():
            entry = add_entry(intruder)
            book = intruder.execute("SELECT id FROM books").fetchone()[0]
            add_posting(intruder, book, entry, 3, "no_such_account", 1)


class TestAppendOnly:
    @pytest.mark.parametrize(
        "table",
        ["journal_entries", "postings", "accounts", "contracts", "published_statements", "published_lines"],
    )
    @pytest.mark.parametrize(
        "act", ["UPDATE {} SET division_code = division_code", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
    )
    def test_the_app_role_may_not_even_try(self, intruder, table, act):
        with refused(kind=errors.InsufficientPrivilege):
            intruder.execute(act.format(table))

    @pytest.mark.parametrize("table", ["journal_entries", "postings", "published_statements", "published_lines"])
    @pytest.mark.parametrize("act", ["UPDATE {} SET division_code = division_code", "DELETE FROM {}"])
    def test_not_even_the_owner_changes_a_posted_row(self, intruder, database, table, act):
        with database.as_role("owner", HOME) as owner, refused("append_only"):
            owner.execute(act.format(table))

    def test_not_even_the_owner_truncates(self, intruder, database):
        with database.as_role("owner", HOME) as owner, refused("append_only"):
            owner.execute("TRUNCATE journal_entries CASCADE")


class TestNumbers:
    def test_the_number_is_the_databases_to_give(self, intruder):
        with refused(kind=errors.InsufficientPrivilege):
            add_entry(intruder, no=99)

    def test_the_counter_cannot_be_moved(self, intruder):
        with refused(kind=errors.InsufficientPrivilege):
            intruder.execute("UPDATE books SET last_entry_no = 99")

    def test_a_rolled_back_entry_leaves_no_gap(self, intruder):
        with refused("entry_balances"):
            add_entry(intruder, postings=((1, 6000), (2, -5999)))

        add_entry(intruder)

        assert intruder.execute("SELECT no FROM journal_entries ORDER BY no").fetchall() == [(1,), (2,)]

    def test_the_same_source_is_posted_once(self, intruder):
        add_entry(intruder, source_event="settlement/x")

        with refused("uq_journal_entries_source_event"):
            add_entry(intruder, source_event="settlement/x")


class TestMonths:
    def test_a_closed_month_takes_no_entry(self, intruder):
        with refused("period_is_open"):
            add_entry(intruder, month="2026-10")

    def test_a_published_month_stays_closed(self, intruder):
        with refused("period_stays_closed"):
            intruder.execute("UPDATE periods SET state = 'open', closed_at = NULL WHERE month = '2026-10'")

    def test_a_submitted_month_stays_closed(self, intruder, community):
        community.submit("2026-11", confirm=True)

        with refused("period_stays_closed"):
            intruder.execute("UPDATE periods SET state = 'open', closed_at = NULL WHERE month = '2026-11'")

    def test_months_are_not_deleted(self, intruder):
        with refused(kind=errors.InsufficientPrivilege):
            intruder.execute("DELETE FROM periods")


class TestStatements:
    def test_one_person_cannot_be_both(self, intruder, community):
        community.submit("2026-11", confirm=True)

        with refused("ck_statements_two_persons"):
            intruder.execute("""
                UPDATE statements SET state = 'published', decided_by = prepared_by, decided_office = 'x',
                    decided_at = now(), row_version = 2 WHERE state = 'submitted'""")

    def test_nobody_can_be_left_out(self, intruder, community):
        community.submit("2026-11", confirm=True)

        with refused("ck_statements_decided"):
            intruder.execute("UPDATE statements SET state = 'published', row_version = 2 WHERE state = 'submitted'")

    def test_a_decision_is_final(self, intruder):
        with refused("statement_is_decided_once"):
            intruder.execute("UPDATE statements SET state = 'submitted', decided_by = NULL, decided_office = NULL")

    @pytest.mark.parametrize("column", ["sha256 = 'x'", "income_fen = 1", "prepared_by = 'x'", "as_of_entry_no = 0"])
    def test_what_was_submitted_cannot_be_changed(self, intruder, column):
        with refused(kind=errors.InsufficientPrivilege):
            intruder.execute(f"UPDATE statements SET {column}")

    def test_a_statement_begins_over_a_closed_month_as_of_the_last_entry(self, intruder):
        copied = """
            INSERT INTO statements SELECT division_code, gen_random_uuid(), book_id, month, 2, 'submitted', to_date,
                as_of_entry_no + {}, opening_fen, income_fen, expense_fen, closing_fen, lines_count, sha256, 'x', 'x',
                submitted_at, NULL, NULL, NULL, NULL, 1 FROM statements"""

        with refused("statement_begins"):
            intruder.execute(copied.format(1))
        intruder.execute(copied.format(0))

    def test_statements_are_not_deleted(self, intruder):
        with refused(kind=errors.InsufficientPrivilege):
            intruder.execute("DELETE FROM statements")


PUBLISHED = "statement_id, to_date, as_of_entry_no, opening_fen, income_fen, expense_fen, closing_fen, lines_count"


class TestPublication:
    def test_the_app_role_does_not_read_published_tables(self, intruder):
        with refused(kind=errors.InsufficientPrivilege):
            intruder.execute("SELECT * FROM published_statements")

    def test_a_community_does_not_publish_for_another(self, intruder):
        with refused("published_by_ones_own"):
            publish(intruder, division="510104030009", month="2026-10")

    def test_what_nobody_approved_is_not_published(self, intruder, community):
        community.submit("2026-11", confirm=True)

        with refused("published_is_whole"):
            publish(intruder, month="2026-11")

    def test_a_line_cannot_be_added_later(self, intruder):
        with refused("published_line_belongs"):
            intruder.execute("""
                INSERT INTO published_lines (division_code, book, month, version, line_no, entry_no, occurred_on,
                    posted_on, room, kind, gross_fen, fund_fen, operator_fen, suspense_fen, notes)
                VALUES ('510104030006', 'community_fund', '2026-10', 1, 2, 2, '2026-10-01', '2026-10-01', '议事茶亭',
                    'income', 1, 1, 0, 0, '{}')""")

    def test_content_and_hash_belong_together(self, intruder):
        with refused("ck_published_statements_sha256"):
            publish(intruder, month="2026-10", sha256="0" * 64)


def publish(connection, *, month, division=HOME, sha256=None):
    connection.execute(
        f"""INSERT INTO published_statements (division_code, book, month, version, sha256, content, published_at,
                prepared_office, approved_office, {PUBLISHED})
            SELECT %s, 'community_fund', month, 1, coalesce(%s, encode(sha256('x'), 'hex')), 'x', submitted_at,
                'x', 'x',
                {PUBLISHED.replace("statement_id", "id")} FROM statements WHERE month = %s""",
        (division, sha256, month),
    )
