# SPDX-License-Identifier: Apache-2.0
"""What is done by the clock in every community with a venue, for it as a whole or for each thing in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts

from venue.deps import Deps
from venue.store.venues import queries as venue_queries

log = logging.getLogger(__name__)


def each_community(deps: Deps, task: str, act: Callable[[UnitOfWork], int]) -> int:
    """Run ``act`` in a transaction of its own for each community and add up what it did.

    A community that fails is logged, hinders no other and is looked after again next time.
    """
    return sum(_once(deps, division, task, act) for division in _communities(deps))


def each_of_them(
    deps: Deps,
    task: str,
    find: Callable[[sa.Connection, str], Iterable[UUID]],
    act: Callable[[UnitOfWork, UUID], None],
) -> int:
    """Run ``act`` in a transaction of its own for each thing that ``find`` finds in a community; count the successes.

    A thing that fails is logged, hinders no other and is looked after again next time; so is a community whose things
    cannot be found.
    """
    done = 0
    for division in _communities(deps):
        try:
            with deps.database.read(Actor.system(division, task)) as connection:
                found = list(find(connection, division))
        except Exception:
            _tell(division, task)
            continue
        for one in found:
            done += _once(deps, division, task, lambda work, which=one: act(work, which) or 1, thing=str(one))
    return done


def _communities(deps: Deps) -> Sequence[str]:
    with deps.database.published() as connection:
        return venue_queries.communities(connection)


def _once(deps: Deps, division: str, task: str, act: Callable[[UnitOfWork], int], **told: str) -> int:
    def once() -> int:
        with deps.unit_of_work(Actor.system(division, task)) as work:
            done = act(work)
            work.commit()
            return done

    try:
        return retry_conflicts(once)
    except Exception:
        _tell(division, task, **told)
        return 0


def _tell(division: str, task: str, **told: str) -> None:
    log.exception("what is done by the clock failed", extra={"task": task, "division": division, **told})
