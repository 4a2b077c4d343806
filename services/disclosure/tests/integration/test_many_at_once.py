# SPDX-License-Identifier: Apache-2.0
"""Many writers at the same time: numbers without a gap, months that close around whole entries, one of each act."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from chassis.errors import AppError, Unavailable
from disclosure import bootstrap
from disclosure.usecases.post_settlement import post_settlement

WRITERS = 32


@pytest.fixture
def crowd(community, settings, frozen_clock):
    """The same community with a connection for each of 32 writers."""
    deps = bootstrap.build(replace(settings, pool_size=WRITERS), frozen_clock)
    yield type(community)(deps, frozen_clock)
    deps.database.close()


def at_once(act, arguments):
    """Run ``act`` for every argument, each in a thread of its own; return results, and refusals as they are.

    "Busy, try again" is tried again, as the consumer and every caller does: on a slow machine 32 writers wait in line
    for one book longer than a lock is waited for.
    """

    def attempt(argument):
        for _ in range(10):
            try:
                return act(argument)
            except Unavailable:
                continue
            except AppError as refusal:
                return refusal
        raise AssertionError("never got through")

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(attempt, arguments))


def test_numbers_have_no_gap_under_thirty_two_writers(crowd, database):
    at_once(crowd.settle, [100 + number for number in range(WRITERS * 3)])

    with database.superuser() as connection:
        numbers = [row[0] for row in connection.execute("SELECT no FROM journal_entries ORDER BY posted_at, no")]
        assert connection.execute("SELECT sum(amount_fen), count(*) FROM postings").fetchone() == (0, WRITERS * 9)
    assert sorted(numbers) == list(range(1, WRITERS * 3 + 1))


def test_the_same_settlement_told_by_thirty_two_at_once_is_posted_once(crowd, database):
    settlement = crowd.settle(6000)
    other = replace(settlement, settlement_id=type(settlement.settlement_id)(int=settlement.settlement_id.int + 1))

    results = at_once(lambda told: crowd.react(post_settlement, told), [other] * WRITERS)

    assert results == [None] * WRITERS
    with database.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM journal_entries").fetchone() == (2,)


def test_a_month_closes_around_whole_entries(crowd, database):
    def act(number):
        return crowd.submit("2026-10") if number == WRITERS else crowd.settle(100, on=date(2026, 10, 20))

    results = at_once(act, range(WRITERS * 2))

    statement = results[WRITERS]
    with database.superuser() as connection:
        rows = connection.execute("SELECT no, month FROM journal_entries ORDER BY no").fetchall()
    assert [no for no, _ in rows] == list(range(1, WRITERS * 2))
    last = statement["as_of_entry_no"]
    assert {month for no, month in rows if no <= last} <= {"2026-10"}
    assert {month for no, month in rows if no > last} <= {"2026-11"}
    assert statement["lines_count"] == last


def test_a_month_is_submitted_by_one_of_many(crowd):
    results = at_once(lambda _: crowd.submit("2026-10"), range(WRITERS))

    assert sorted(getattr(one, "code", "submitted") for one in results) == (
        ["already_submitted"] * (WRITERS - 1) + ["submitted"]
    )
