# SPDX-License-Identifier: Apache-2.0
"""What is done by the clock in every community with a venue."""

from __future__ import annotations

import logging
from collections.abc import Callable

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts

from venue.deps import Deps
from venue.store.venues import queries as venue_queries

log = logging.getLogger(__name__)


def each_community(deps: Deps, task: str, act: Callable[[UnitOfWork], int]) -> int:
    """Run ``act`` in a transaction of its own for each community and add up what it did.

    A community that fails is logged, hinders no other and is looked after again next time.
    """
    with deps.database.published() as connection:
        communities = venue_queries.communities(connection)
    return sum(_in_one(deps, task, act, division) for division in communities)


def _in_one(deps: Deps, task: str, act: Callable[[UnitOfWork], int], division: str) -> int:
    def once() -> int:
        with deps.unit_of_work(Actor.system(division, task)) as work:
            done = act(work)
            work.commit()
            return done

    try:
        return retry_conflicts(once)
    except Exception:
        log.exception("a community could not be looked after", extra={"task": task, "division": division})
        return 0
