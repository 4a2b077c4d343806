# SPDX-License-Identifier: Apache-2.0
"""From data of an older schema to the present one: nothing posted changes, and new rules hold for old books."""

from uuid import UUID

import pytest
from disclosure import bootstrap

from chassis import migrations

# What 0002 left behind: a book with three accounts and one entry, as its code wrote them.
AT_0002 = """
    INSERT INTO books (division_code, id, code, opened_month, opened_at)
        VALUES ('510104030006', '0192f0c2-0000-7000-8000-000000000001', 'community_fund', '2026-10', now());
    INSERT INTO accounts SELECT '510104030006', '0192f0c2-0000-7000-8000-000000000001', code, kind, code, code
        FROM (VALUES ('operator_clearing', 'asset'), ('fund_income', 'income'), ('operator_payable', 'liability'))
        AS old (code, kind);
    INSERT INTO periods (division_code, book_id, month)
        VALUES ('510104030006', '0192f0c2-0000-7000-8000-000000000001', '2026-10');
    INSERT INTO journal_entries (division_code, id, book_id, month, kind, occurred_on, posted_on, posted_at, venue_id,
            room, source_event, posted_by, postings_count)
        VALUES ('510104030006', '0192f0c0-0000-7000-8000-000000000001', '0192f0c2-0000-7000-8000-000000000001',
            '2026-10', 'income', '2026-10-20', '2026-10-20', now(), gen_random_uuid(), '议事茶亭', 'settlement/old',
            'system:reactions', 3);
    INSERT INTO postings SELECT '510104030006', '0192f0c2-0000-7000-8000-000000000001',
            '0192f0c0-0000-7000-8000-000000000001', line_no, account, amount
        FROM (VALUES (1, 'operator_clearing', 6000), (2, 'fund_income', -3600), (3, 'operator_payable', -2400))
        AS old (line_no, account, amount)"""


@pytest.fixture
def database(databases):
    """A database that stood at 0002 with data, and was then migrated."""
    made = databases.empty("disclosure")
    migrations.upgrade(bootstrap.VERSIONS, made.url("owner"), "0002")
    with made.as_role("app", "510104030006") as connection, connection.transaction():
        connection.execute(AT_0002)
    migrations.upgrade(bootstrap.VERSIONS, made.url("owner"))
    yield made
    databases.drop(made)


def test_old_books_get_the_new_account_and_keep_their_entries(database):
    with database.superuser() as connection:
        accounts = [row[0] for row in connection.execute("SELECT code FROM accounts ORDER BY code")]
        entries = connection.execute("SELECT no, month, room FROM journal_entries").fetchall()
        amounts = [row[0] for row in connection.execute("SELECT amount_fen FROM postings ORDER BY line_no")]

    assert accounts == ["deposits_held", "fund_income", "operator_clearing", "operator_payable", "suspense"]
    assert entries == [(1, "2026-10", "议事茶亭")]
    assert amounts == [6000, -3600, -2400]


def test_security_is_forced_again_after_the_data_was_moved(database):
    with database.superuser() as connection:
        unforced = connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
        ).fetchall()
    with database.as_role("owner") as owner:
        seen = owner.execute("SELECT count(*) FROM accounts").fetchone()

    assert unforced == []
    assert seen == (0,)


def test_old_books_take_money_without_a_contract_and_go_on_counting(database, community):
    community.settle(6000, venue=UUID(int=7))

    with database.superuser() as connection:
        numbers = connection.execute("SELECT no FROM journal_entries ORDER BY no").fetchall()
        suspense = connection.execute("SELECT amount_fen FROM postings WHERE account = 'suspense'").fetchall()
    assert numbers == [(1,), (2,)]
    assert suspense == [(-6000,)]


def test_migrating_again_changes_nothing(database):
    migrations.upgrade(bootstrap.VERSIONS, database.url("owner"))

    with database.superuser() as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (migrations.head(bootstrap.VERSIONS),)]  # fmt: skip
