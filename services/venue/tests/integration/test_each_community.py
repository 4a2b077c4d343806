# SPDX-License-Identifier: Apache-2.0
"""What is done by the clock is done in every community, whatever happens in another."""

from __future__ import annotations

from dataclasses import replace

from chassis.auth import Actor
from chassis.db import uuid7
from venue.usecases.each_community import each_community, each_of_them
from venue.usecases.venues.create_venue import create_venue

from ..conftest import NEIGHBOUR, WUFUQIAO

TASK = "count_venues"


def test_a_community_that_fails_keeps_nothing_and_hinders_no_other(deps, house, teahouse, look, caplog):
    create_venue(deps, Actor.system(NEIGHBOUR, "test"), replace(teahouse, division=NEIGHBOUR))

    def act(work):
        work.audit("venue.counted", "venue", house.venue_id)
        if work.division == WUFUQIAO:
            raise LookupError("this one does not work")
        return 3

    assert each_community(deps, TASK, act) == 3

    assert look("SELECT division_code FROM audit WHERE action = 'venue.counted'") == [(NEIGHBOUR,)]
    (told,) = caplog.records
    assert (told.levelname, told.task, told.division) == ("ERROR", TASK, WUFUQIAO)


def test_a_thing_that_fails_keeps_nothing_and_hinders_no_other_nor_does_a_community_without_things(
    deps, house, teahouse, look, caplog
):
    create_venue(deps, Actor.system(NEIGHBOUR, "test"), replace(teahouse, division=NEIGHBOUR))
    broken, sound = uuid7(), uuid7()

    def find(_connection, division):
        if division == NEIGHBOUR:
            raise LookupError("nothing can be found here")
        return [broken, sound]

    def act(work, which):
        work.audit("thing.counted", "thing", which)
        if which == broken:
            raise LookupError("this one does not work")

    assert each_of_them(deps, TASK, find, act) == 1

    assert look("SELECT object_id FROM audit WHERE action = 'thing.counted'") == [(str(sound),)]
    told = {(one.task, one.division, getattr(one, "thing", None)) for one in caplog.records}
    assert told == {(TASK, WUFUQIAO, str(broken)), (TASK, NEIGHBOUR, None)}
