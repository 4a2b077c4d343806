# SPDX-License-Identifier: Apache-2.0
"""Alarms are looked after by who knows them, and left alone by who does not."""

from __future__ import annotations

from chassis.auth import Actor
from venue.store import due
from venue.usecases.due import Outside, look_after

from ..conftest import WUFUQIAO


def set_alarm(deps, *kinds: str) -> None:
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        for kind in kinds:
            due.set_alarm(work, kind, deps.clock.now())
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
