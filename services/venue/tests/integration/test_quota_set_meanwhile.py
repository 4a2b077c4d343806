# SPDX-License-Identifier: Apache-2.0
"""A quota that is set in the very moment somebody books counts that booking, whichever of the two commits first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Thread
from uuid import UUID

import pytest
from chassis.errors import AppError
from chassis.testing.loops import until
from venue import bootstrap
from venue.deps import Deps
from venue.store.booking import bookings, quotas
from venue.store.venues import venue_settings

from ..conftest import book, counter, resident
from .test_quotas import hour, limit, refusal

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
UNCOUNTED = """
    SELECT count(*) FROM bookings b CROSS JOIN quotas q WHERE b.state = 'confirmed'
        AND NOT EXISTS (SELECT FROM quota_uses u WHERE u.booking_id = b.id AND u.quota_id = q.id)"""


@pytest.fixture
def crowd(config, frozen_clock, house) -> Iterator[Deps]:
    """Dependencies with connections for everybody."""
    deps = bootstrap.build(replace(config, pool_size=24), clock=frozen_clock)
    yield deps
    deps.database.close()


def until_somebody_waits(look) -> None:
    until(lambda: look(WAITING) != [(0,)], "somebody waits")


def held_up(monkeypatch, module, name: str) -> tuple[Event, Event]:
    """Stop whoever comes to ``module.name`` first, after it was done; tell when, and wait for leave to go on."""
    arrived, leave, real = Event(), Event(), getattr(module, name)

    def slowly(*arguments):
        done = real(*arguments)
        if not arrived.is_set():
            arrived.set()
            assert leave.wait(90)
        return done

    monkeypatch.setattr(module, name, slowly)
    return arrived, leave


def quota_is_set_while_somebody_books(crowd, house, monkeypatch, wait) -> None:
    arrived, leave = held_up(monkeypatch, bookings, "insert_and_hold")
    with ThreadPoolExecutor(2) as pool:
        booked = pool.submit(book, crowd, resident(), house.spaces["book_room"], *EVENING)
        assert arrived.wait(90)
        made = pool.submit(limit, crowd, house, count_limit=3)
        wait(made)
        leave.set()
        assert (booked.result()["state"], made.result()["count_limit"]) == ("confirmed", 3)


def test_setting_a_quota_waits_for_who_is_booking_and_counts_them(crowd, house, look, monkeypatch):
    quota_is_set_while_somebody_books(crowd, house, monkeypatch, lambda _made: until_somebody_waits(look))

    assert look(UNCOUNTED) == [(0,)]
    assert look("SELECT used_count, used_minutes FROM quota_counters") == [(1, 120)]


def test_who_changes_a_booking_does_not_keep_a_quota_waiting(crowd, house):
    """Or the two would wait for each other: who moves a booking wants its venue next."""
    booked = book(crowd, resident(), house.spaces["book_room"], *EVENING)
    with ThreadPoolExecutor(1) as pool, crowd.unit_of_work(counter()) as work:
        bookings.lock(work, UUID(booked["booking_id"]))
        made = pool.submit(limit, crowd, house, count_limit=3)

        assert made.result(timeout=90)["count_limit"] == 3


def test_control_without_the_venues_lock_the_booking_slips_past(crowd, house, look, monkeypatch):
    def unlocked(work, venue_id):
        return venue_settings.row(work.connection, work.division, venue_id)

    monkeypatch.setattr(venue_settings, "lock", unlocked)
    monkeypatch.setattr(venue_settings, "update", lambda *_arguments: None)

    quota_is_set_while_somebody_books(crowd, house, monkeypatch, lambda made: made.result())

    assert look(UNCOUNTED) == [(1,)], "the control run must see the booking nobody counted"


def test_who_books_while_a_quota_is_being_set_waits_and_is_judged_by_it(crowd, house, look, monkeypatch):
    who = resident()
    hour(crowd, who, house, 0)
    arrived, leave = held_up(monkeypatch, quotas, "insert")
    setting = Thread(target=limit, args=(crowd, house), kwargs={"count_limit": 1})
    setting.start()
    assert arrived.wait(90)

    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(refusal, hour, crowd, who, house, 1)
        until_somebody_waits(look)
        leave.set()
        assert refused.result().code == "quota_exceeded"
    setting.join()

    assert look(UNCOUNTED) == [(0,)]


def test_of_a_crowd_that_books_while_quotas_are_set_every_booking_is_counted(crowd, house, look):
    def one(number: int) -> str:
        try:
            if number % 6 == 0:
                limit(crowd, house, subject="community", count_limit=100 + number)
                return "set"
            return hour(crowd, resident(), house, number)["state"]
        except AppError as refused:
            return refused.code

    with ThreadPoolExecutor(18) as everybody:
        ended = list(everybody.map(one, range(18)))

    assert (ended.count("set"), ended.count("confirmed")) == (3, 15)
    assert look(UNCOUNTED) == [(0,)]
