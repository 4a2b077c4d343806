# SPDX-License-Identifier: Apache-2.0
"""Look after what has fallen due, community by community, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts

from venue.deps import Deps
from venue.store import due

log = logging.getLogger(__name__)
Handler = Callable[[Deps, UnitOfWork, datetime], None]


def look_after(deps: Deps, handlers: Mapping[str, Handler]) -> int:
    """Run the handler of every kind that is due; a community that fails is logged and tried again next time.

    A handler does everything that is due at ``now`` and commits nothing; doing it twice changes nothing.
    """
    now = deps.clock.now()
    with deps.database.read(Actor.system("", "look_after")) as connection:
        waiting = due.fallen_due(connection, now)
    for division, kind in waiting:
        try:
            retry_conflicts(lambda d=division, k=kind: _one(deps, d, k, handlers[k], now))
        except Exception:
            log.exception("what is due could not be done", extra={"division": division, "kind": kind})
    return len(waiting)


def _one(deps: Deps, division: str, kind: str, handle: Handler, now: datetime) -> None:
    with deps.unit_of_work(Actor.system(division, kind)) as work:
        handle(deps, work, now)
        due.switch_off(work, kind, now)
        work.commit()
