# SPDX-License-Identifier: Apache-2.0
"""A difference between money and ledger ends when the two agree, and not by growing old."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from chassis.auth import Actor
from venue.deps import InProcess
from venue.domain.money.reconciliation import LOOKED_BACK, Entry
from venue.usecases.money import day_statements, reconciliation, settlement
from venue.usecases.presence import attendance

from ..conftest import WUFUQIAO, at, book, operator, resident

THURSDAY = date(2026, 11, 26)
OPEN = "SELECT source_kind, kind FROM reconciliation_differences WHERE resolved_at IS NULL"


@pytest.fixture
def paid(deps, house, frozen_clock, look) -> UUID:
    """Thursday's hour, paid in cash, of which the ledger never heard."""
    booking = book(deps, resident(), house.spaces["book_room"], "2026-11-26T18:00", "2026-11-26T19:00")
    frozen_clock.set(at("2026-11-26T18:00"))
    attendance.check_in(deps, operator(), UUID(booking["booking_id"]), InProcess())
    settlement.settle_booking(deps, operator(), UUID(booking["booking_id"]), "cash", 3000, InProcess())
    return look("SELECT id FROM settlements")[0][0]


def posted(deps, source_id: UUID, amount_fen: int, kind: str = "settlement") -> None:
    """The ledger tells that it posted an act of Thursday, under its own date."""
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        reconciliation.keep_posted_entry(work, uuid4(), Entry(kind, source_id, amount_fen, THURSDAY))
        work.commit()


def closed_before_the_last_act(deps, house, look) -> None:
    """Thursday is closed, and then its only settlement undone: that stands in Friday's books."""
    day_statements.close_day(deps, operator(), house.venue_id, THURSDAY, 3000, None, InProcess(), confirm=True)
    ((booking_id,),) = look("SELECT booking_id FROM settlements")
    settlement.reverse_settlement(deps, operator(), booking_id, "wrong_amount", InProcess())


def night(deps, clock, days: int) -> int:
    """Compare at three in the morning, so many days after."""
    clock.set(at("2026-11-27T03:00") + timedelta(days=days))
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        number = reconciliation.reconcile(deps, work, deps.clock.now())
        work.commit()
    return number


def test_a_difference_older_than_the_nights_look_back_stays_open(deps, paid, frozen_clock, look):
    assert night(deps, frozen_clock, 0) == 1

    assert night(deps, frozen_clock, LOOKED_BACK.days + 40) == 1

    assert look(OPEN) == [("settlement", "not_in_ledger")]


def test_a_closed_day_equals_its_acts_in_the_ledger_although_a_later_one_carries_its_date(
    deps, house, paid, frozen_clock, look
):
    closed_before_the_last_act(deps, house, look)
    posted(deps, paid, 3000)
    posted(deps, look("SELECT id FROM reversals")[0][0], 3000, "reversal")

    assert night(deps, frozen_clock, 0) == 0


def test_a_closed_day_that_its_entries_do_not_come_to_is_found_as_a_whole(
    deps, house, paid, frozen_clock, look, database
):
    closed_before_the_last_act(deps, house, look)
    posted(deps, paid, 3000)
    posted(deps, look("SELECT id FROM reversals")[0][0], 3000, "reversal")
    with database.superuser() as connection:
        connection.execute("UPDATE day_statements SET totals = totals || '{\"total_fen\": 2000}'")

    assert night(deps, frozen_clock, 0) == 1

    assert look("SELECT source_kind, occurred_on, venue_fen, ledger_fen FROM reconciliation_differences") == [
        ("day", THURSDAY, 2000, 3000)
    ]


def test_a_day_whose_act_never_reached_the_ledger_is_told_by_that_act_alone(deps, house, paid, frozen_clock, look):
    closed_before_the_last_act(deps, house, look)
    posted(deps, look("SELECT id FROM reversals")[0][0], 3000, "reversal")

    assert night(deps, frozen_clock, 0) == 1

    assert look(OPEN) == [("settlement", "not_in_ledger")]


def test_closing_a_day_has_the_night_compare_it(deps, house, frozen_clock, look):
    frozen_clock.set(at("2026-11-27T10:00"))
    day_statements.close_day(deps, operator(), house.venue_id, THURSDAY, 0, None, InProcess())

    assert look("SELECT due_at FROM due WHERE kind = 'reconciliation'") == [(at("2026-11-28T03:00"),)]


def test_the_ledgers_word_ends_it_however_late(deps, paid, frozen_clock, look):
    night(deps, frozen_clock, 0)
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        reconciliation.keep_posted_entry(work, uuid4(), Entry("settlement", paid, 3000, date(2026, 11, 26)))
        work.commit()

    assert night(deps, frozen_clock, LOOKED_BACK.days + 40) == 0

    assert look(OPEN) == []
