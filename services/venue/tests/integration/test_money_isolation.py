# SPDX-License-Identifier: Apache-2.0
"""Two communities with the very same money, quotas and calendars, ids and all: neither reads or touches the other's.

The app role is given every privilege here, so that what a table's grants refuse by themselves is refused by its policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.testing.postgres import ServiceDatabase
from psycopg import errors, sql
from venue import bootstrap
from venue.deps import InProcess
from venue.domain.money.reconciliation import Entry
from venue.schedule import HANDLERS
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.calendars import calendar_feeds
from venue.usecases.calendars.calendar_feeds import MakeFeed
from venue.usecases.money import day_statements, deposits, reconciliation, settlement
from venue.usecases.presence import attendance

from ..conftest import NEIGHBOUR, WUFUQIAO, at, book, build_house, operator, resident, settings_for
from .paying import TERMS, key, paid, work_on
from .test_quotas import limit

TABLES = [
    "bookings", "booking_parts", "prices", "receipt_counters", "settlements", "reversals", "refunds",
    "refund_executions", "deposits", "deposit_endings", "payment_intents", "payment_events", "day_statements",
    "posted_entries", "reconciliation_differences", "quotas", "quota_counters", "quota_uses", "calendar_feeds",
]  # fmt: skip
COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
        AND attgenerated = '' AND attname <> 'division_code' ORDER BY attnum"""


@pytest.fixture(scope="module")
def full(databases, teahouse) -> Iterator[ServiceDatabase]:
    """A database in which both communities have one row in every table at least, the same in each."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    clock = FrozenClock(at("2026-11-23T10:00"))
    deps = bootstrap.build(settings_for(database), clock=clock)
    _live(deps, build_house(deps, database, teahouse), clock, database)
    deps.database.close()
    with database.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        for table in TABLES:
            connection.execute(_copied(connection, table), {"whose": NEIGHBOUR})
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO venue_app")
    yield database
    databases.drop(database)


def _live(deps, house, clock, database) -> None:
    """One community's week: paid in cash and undone, paid online and given back, deposits, a closed day, a feed."""
    with database.superuser() as connection:
        connection.execute(TERMS)
        connection.execute("UPDATE prices SET deposit_fen = 5000 WHERE regime_code = 'commercial'")
    guest, who, room = resident(), operator(), house.spaces["book_room"]
    limit(deps, house, count_limit=9)
    online = book(deps, guest, house.spaces["elders_space"], "2026-11-28T18:00", "2026-11-28T20:00")
    paid(deps, guest, online)
    cancel_booking(deps, guest, key(online), InProcess())
    for _ in range(2):
        work_on(deps)
    split = book(deps, guest, room, "2026-11-26T17:00", "2026-11-26T19:00", split=True)
    calendar_feeds.create_calendar_feed(deps, guest, MakeFeed("person"), InProcess())
    clock.set(at("2026-11-26T17:00"))
    evening = book(deps, guest, house.spaces["council_pavilion"], "2026-11-26T18:00", "2026-11-26T19:00")
    deposits.take_deposit(deps, who, key(evening), 5000, InProcess())
    deposits.refund_deposit(deps, who, key(evening), InProcess())
    attendance.check_in(deps, who, key(split), InProcess())
    settlement.settle_booking(deps, who, key(split), "cash", 3000, InProcess())
    settlement.reverse_settlement(deps, who, key(split), "wrong_amount", InProcess())
    for day in (date(2026, 11, 23), date(2026, 11, 26)):
        day_statements.close_day(deps, who, house.venue_id, day, 0, None, InProcess(), confirm=True)
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        reconciliation.keep_posted_entry(work, uuid4(), Entry("settlement", uuid4(), 3000, date(2026, 11, 26)))
        HANDLERS["reconciliation"](deps, work, at("2026-11-27T03:00"))
        work.commit()


def _copied(connection: psycopg.Connection, table: str) -> sql.Composed:
    """Copy every row of a table that is seen to another community, generated columns aside."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in connection.execute(COLUMNS, (table,)).fetchall())
    statement = "INSERT INTO {table} (division_code, {columns}) SELECT %(whose)s, {columns} FROM {table}"
    return sql.SQL(statement).format(table=sql.Identifier(table), columns=columns)


def rows(connection: psycopg.Connection, table: str, division: str | None = None) -> list[str]:
    """The rows of a table as text, all that are seen or one community's."""
    where = "" if division is None else f" WHERE division_code = '{division}'"
    return [text for (text,) in connection.execute(f"SELECT t::text FROM {table} t{where} ORDER BY 1").fetchall()]


@pytest.fixture
def theirs(full):
    """What the neighbours have, before and after whatever the test does."""

    def read(table: str) -> list[str]:
        with full.superuser() as connection:
            return rows(connection, table, NEIGHBOUR)

    return read


@pytest.mark.parametrize("table", TABLES)
def test_where_both_have_the_same_rows_each_reads_its_own_alone(full, theirs, table):
    with full.superuser() as connection:
        own = rows(connection, table, WUFUQIAO)
    assert own and len(own) == len(theirs(table)), "both communities have rows"

    with full.as_role("app", WUFUQIAO) as connection:
        assert rows(connection, table) == own
        assert rows(connection, table, NEIGHBOUR) == []
    for stranger in ("", WUFUQIAO[:9], WUFUQIAO[:6]):
        with full.as_role("app", stranger) as connection:
            assert rows(connection, table) == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET division_code = division_code", "DELETE FROM {}"])
def test_nothing_of_the_others_is_changed_or_deleted(full, theirs, table, statement):
    before = theirs(table)
    with full.as_role("app", WUFUQIAO) as connection:
        changed = connection.execute(f"{statement.format(table)} WHERE division_code = '{NEIGHBOUR}'")

    assert changed.rowcount == 0
    assert theirs(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_nothing_of_ones_own_is_handed_to_the_others(full, theirs, table):
    before = theirs(table)
    with full.as_role("app", WUFUQIAO) as connection, pytest.raises(errors.InsufficientPrivilege, match="row-level"):
        connection.execute(f"UPDATE {table} SET division_code = '{NEIGHBOUR}'")

    assert theirs(table) == before


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_written_in_the_name_of_the_others(full, theirs, table):
    before = theirs(table)
    with full.as_role("app", WUFUQIAO) as connection, pytest.raises(errors.InsufficientPrivilege, match="row-level"):
        connection.execute(_copied(connection, table), {"whose": NEIGHBOUR})

    assert theirs(table) == before


def test_the_policy_is_the_wall_without_it_the_same_statement_reads_both(full):
    """A control: the rows are there, and nothing but the policy keeps them apart."""
    with full.superuser() as connection:
        connection.execute("BEGIN")
        connection.execute("ALTER TABLE refunds DISABLE ROW LEVEL SECURITY")
        connection.execute(f"SET LOCAL ROLE {full.service}_app")
        assert len(rows(connection, "refunds", NEIGHBOUR)) == 1
        connection.execute("ROLLBACK")
