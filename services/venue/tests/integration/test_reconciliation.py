# SPDX-License-Identifier: Apache-2.0
"""A difference between money and ledger ends when the two agree, and not by growing old."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from chassis.auth import Actor
from venue.deps import InProcess
from venue.domain.money.reconciliation import LOOKED_BACK, Entry
from venue.usecases.money import reconciliation, settlement
from venue.usecases.presence import attendance

from ..conftest import WUFUQIAO, at, book, operator, resident

OPEN = "SELECT source_kind, kind FROM reconciliation_differences WHERE resolved_at IS NULL"


@pytest.fixture
def paid(deps, house, frozen_clock, look) -> UUID:
    """Thursday's hour, paid in cash, of which the ledger never heard."""
    booking = book(deps, resident(), house.spaces["book_room"], "2026-11-26T18:00", "2026-11-26T19:00")
    frozen_clock.set(at("2026-11-26T18:00"))
    attendance.check_in(deps, operator(), UUID(booking["booking_id"]), InProcess())
    settlement.settle_booking(deps, operator(), UUID(booking["booking_id"]), "cash", 3000, InProcess())
    return look("SELECT id FROM settlements")[0][0]


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


def test_the_ledgers_word_ends_it_however_late(deps, paid, frozen_clock, look):
    night(deps, frozen_clock, 0)
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        reconciliation.keep_posted_entry(work, uuid4(), Entry("settlement", paid, 3000, date(2026, 11, 26)))
        work.commit()

    assert night(deps, frozen_clock, LOOKED_BACK.days + 40) == 0

    assert look(OPEN) == []
