# SPDX-License-Identifier: Apache-2.0
"""Who waited gets what is cancelled, however many grab at it in the very moment.

The control run makes the offer a transaction later, as most systems do, and demands that the grabbers then win: a race
test that stays green without what it tests proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest
from chassis.errors import AppError
from venue import bootstrap
from venue.deps import Deps
from venue.usecases.waiting import freed

from ..conftest import book, resident
from .waiting_list import cancel, entry_of, wait_for

GRABBERS = 32
ROUNDS = 6


@pytest.fixture
def crowd(config, frozen_clock, house) -> Iterator[Deps]:
    """Dependencies with a connection for each grabber."""
    deps = bootstrap.build(replace(config, pool_size=GRABBERS + 2), clock=frozen_clock)
    yield deps
    deps.database.close()


def grab_while_it_is_cancelled(deps: Deps, space_id, hour: int) -> tuple[str, int]:
    """Let everybody try to book again and again while the holder cancels; tell the waiter's state and who won."""
    times = (f"2026-11-{25 + hour // 4}T{18 + hour % 4}:00", f"2026-11-{25 + hour // 4}T{19 + hour % 4}:00")
    holder, waiter = resident(), resident()
    booking_id = book(deps, holder, space_id, *times)["booking_id"]
    wait_for(deps, waiter, space_id, *times, 60)
    barrier, over = Barrier(GRABBERS + 1), Event()

    def grab(_number: int) -> bool:
        barrier.wait()
        while True:
            is_last = over.is_set()  # everybody grabs once more after the cancellation is over
            try:
                book(deps, resident(), space_id, *times)
                return True
            except AppError:
                if is_last:
                    return False

    with ThreadPoolExecutor(GRABBERS) as grabbers:
        hands = [grabbers.submit(grab, number) for number in range(GRABBERS)]
        barrier.wait()
        cancel(deps, holder, booking_id)
        over.set()
        won = sum(hand.result() for hand in hands)
    return entry_of(deps, waiter)["state"], won


def test_of_thirty_two_who_grab_at_a_cancelled_slot_the_one_who_waited_gets_it(crowd, house):
    ended = [grab_while_it_is_cancelled(crowd, house.spaces["book_room"], hour) for hour in range(ROUNDS)]

    assert ended == [("offered", 0)] * ROUNDS


def test_control_an_offer_made_a_transaction_later_is_lost_to_the_grabbers(crowd, house, monkeypatch):
    later = []
    monkeypatch.setattr(
        "venue.usecases.booking.acquiring.freed", lambda deps, work, *what: later.append((work.actor, what))
    )

    ended = []
    for hour in range(ROUNDS):
        ended.append(grab_while_it_is_cancelled(crowd, house.spaces["book_room"], hour))
        actor, what = later[0]
        with crowd.unit_of_work(actor) as work:
            freed.freed(crowd, work, *what)
            work.commit()
        later.clear()

    assert ("waiting", 1) in ended, "the control run must see a grabber win"
