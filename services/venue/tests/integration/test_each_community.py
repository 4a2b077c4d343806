# SPDX-License-Identifier: Apache-2.0
"""What is done by the clock is done in every community, whatever happens in another."""

from __future__ import annotations

from dataclasses import replace

from chassis.auth import Actor
from venue.usecases.each_community import each_community
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
