# SPDX-License-Identifier: Apache-2.0
"""Look after what has fallen due, community by community, each in a transaction of its own.

An alarm is switched off before what is due is read, never after: what somebody commits in between rings by itself.

An alarm of a kind that nobody here knows is left alone: while versions change, a newer process may have set it, and a
newer worker will look after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts

from venue.deps import Deps
from venue.store import due

log = logging.getLogger(__name__)
Handler = Callable[[Deps, UnitOfWork, datetime], None]
TALK_TRIED_AGAIN_AFTER = timedelta(minutes=2)
_told_unknown: set[str] = set()


@dataclass(frozen=True)
class Outside:
    """Handles an alarm by talking with somebody outside. It gets no transaction: one left open meanwhile would be ended
    by the database, and its alarm would ring again at once, for ever. It returns when it wants to be held again; one
    that never returns, its worker having died, is held again in two minutes."""

    talk: Callable[[Deps, Actor, datetime], datetime | None]


def look_after(
    deps: Deps,
    handlers: Mapping[str, Handler | Outside],
    known: Collection[str] = (),
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Run the handler of every kind that is due; a community that fails is logged and tried again next time.

    A handler does everything that is due at ``now`` and commits nothing; doing it twice changes nothing. ``known`` are
    kinds that another loop looks after.
    """
    now = deps.clock.now()
    with deps.database.read(Actor.system("", "look_after")) as connection:
        waiting = due.fallen_due(connection, now, list(handlers))
        _tell_unknown(due.unknown_kinds(connection, now, {*handlers, *known}))
    for division, kind in waiting:
        if is_stopping():
            break
        try:
            retry_conflicts(lambda d=division, k=kind: _one(deps, d, k, handlers[k], now))
        except Exception:
            log.exception("what is due could not be done", extra={"division": division, "kind": kind})
    return len(waiting)


def _tell_unknown(kinds: Set[str]) -> None:
    """Once a kind and process, not every second."""
    for kind in sorted(kinds - _told_unknown):
        log.warning("an alarm of a kind unknown to this version is left alone", extra={"kind": kind})
        _told_unknown.add(kind)


def _one(deps: Deps, division: str, kind: str, handle: Handler | Outside, now: datetime) -> None:
    actor = Actor.system(division, kind)
    if isinstance(handle, Outside):
        _talk(deps, actor, kind, handle, now)
        return
    with deps.unit_of_work(actor) as work:
        due.switch_off(work, kind, now)
        handle(deps, work, now)
        work.commit()


def _talk(deps: Deps, actor: Actor, kind: str, handle: Outside, now: datetime) -> None:
    unless_it_returns = now + TALK_TRIED_AGAIN_AFTER
    with deps.unit_of_work(actor) as work:
        due.switch_off(work, kind, now)
        due.set_alarm(work, kind, unless_it_returns)
        work.commit()
    again = handle.talk(deps, actor, now)
    with deps.unit_of_work(actor) as work:
        due.take_back(work, kind, unless_it_returns)
        if again is not None:
            due.set_alarm(work, kind, again)
        work.commit()
