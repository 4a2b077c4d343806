# SPDX-License-Identifier: Apache-2.0
"""What hangs outside delays nothing inside."""

from __future__ import annotations

import threading

import pytest
from chassis.testing.loops import until
from venue.schedule import jobs

from chassis import worker

from ..conftest import book, resident
from .paying import EVENING, TERMS, start

HELD = "SELECT count(*) FROM bookings WHERE state = 'held'"
ALARMS = ("look_after_what_is_due", "talk_with_outside")


@pytest.fixture
def online(house, database):
    """The venue takes online payments."""
    with database.superuser() as connection:
        connection.execute(TERMS)


def test_a_provider_that_hangs_does_not_delay_the_release_of_a_hold(
    deps, house, online, frozen_clock, look, monkeypatch
):
    guest = resident()
    start(deps, guest, book(deps, guest, house.spaces["council_pavilion"], *EVENING))
    hanging, answer, stop, ended = threading.Event(), threading.Event(), threading.Event(), []

    def hang(_reference: str) -> None:
        hanging.set()
        answer.wait()

    monkeypatch.setattr(deps.payments, "query", hang)
    schedule = [job for job in jobs(deps) if job.name in ALARMS]
    running = threading.Thread(target=lambda: ended.append(worker.run("venue", schedule=schedule, stop=stop)))
    running.start()
    try:
        until(hanging.is_set, "the provider is asked")
        book(deps, resident(), house.spaces["elders_space"], *EVENING, hold=True)
        frozen_clock.advance(minutes=6)
        until(lambda: look(HELD) == [(0,)], "the hold is released")
        assert not answer.is_set()
    finally:
        answer.set()
        stop.set()
        running.join()

    assert ended == [0]
