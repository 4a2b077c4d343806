# SPDX-License-Identifier: Apache-2.0
"""Alarms are looked after by who knows them, and left alone by who does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chassis.auth import Actor
from venue.store import due
from venue.usecases.due import Outside, look_after

from ..conftest import WUFUQIAO


def set_alarm(deps, *kinds: str) -> None:
    for kind in kinds:
        set_alarm_at(deps, kind, deps.clock.now())


def set_alarm_at(deps, kind: str, at) -> None:
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        due.set_alarm(work, kind, at)
        work.commit()


def test_an_alarm_of_a_newer_version_is_left_for_it_said_once_and_hinders_no_other(deps, look, caplog):
    set_alarm(deps, "from_the_future", "known")
    rung = []

    for _ in range(3):
        look_after(deps, {"known": lambda _deps, _work, now: rung.append(now)})

    assert len(rung) == 1
    assert look("SELECT kind FROM due") == [("from_the_future",)]
    (told,) = caplog.records
    assert (told.levelname, told.kind) == ("WARNING", "from_the_future")


def test_who_talks_with_somebody_outside_holds_no_transaction_meanwhile(deps, look):
    set_alarm(deps, "inside", "outside")
    query = """
        SELECT count(*) FROM pg_stat_activity
        WHERE state LIKE 'idle in transaction%%' AND datname = current_database()"""
    open_ones = {}

    def see(_deps, who, _now):
        open_ones["outside" if isinstance(who, Actor) else "inside"] = look(query)

    look_after(deps, {"inside": see, "outside": Outside(see)})

    assert open_ones == {"inside": [(1,)], "outside": [(0,)]}
    assert look("SELECT kind FROM due") == []


@pytest.mark.parametrize("kind_of_handler", [lambda handle: handle, Outside], ids=["inside", "outside"])
def test_what_falls_due_while_its_kind_is_being_looked_after_is_looked_after_next(deps, look, kind_of_handler):
    set_alarm(deps, "known")
    rung = []

    def handle(_deps, _who, _now):
        rung.append(len(rung))
        if len(rung) == 1:  # it has read what is due, and somebody commits more of it before it ends
            set_alarm_at(deps, "known", deps.clock.now() - timedelta(hours=1))

    for _ in range(3):
        look_after(deps, {"known": kind_of_handler(handle)})

    assert rung == [0, 1]
    assert look("SELECT kind FROM due") == []


def test_a_talk_that_ends_before_its_time_is_held_again_and_not_at_once(deps, frozen_clock, caplog):
    set_alarm(deps, "outside")
    tried = []

    def fail(_deps, _who, now):
        tried.append(now)
        raise RuntimeError("the worker's memory ran out")

    look_after(deps, {"outside": Outside(fail)})
    assert look_after(deps, {"outside": Outside(fail)}) == 0
    frozen_clock.advance(minutes=2)
    look_after(deps, {"outside": Outside(fail)})

    assert len(tried) == 2


def test_a_talk_says_when_it_is_held_next(deps, look):
    set_alarm(deps, "outside")
    tomorrow = deps.clock.now() + timedelta(days=1)

    look_after(deps, {"outside": Outside(lambda _deps, _who, _now: tomorrow)})

    assert look("SELECT due_at FROM due") == [(tomorrow,)]
