# SPDX-License-Identifier: Apache-2.0
"""What every change of a series begins with: the wish, the locked series, and the first date it may touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from chassis.auth import Actor
from chassis.db import LOCK_NOT_AVAILABLE, UnitOfWork, retry_conflicts
from chassis.errors import Unavailable
from chassis.reply import Reply

from venue.domain import refusals
from venue.domain.opening import hours
from venue.domain.series import series_refusals as refused
from venue.domain.series.series import ALL, Equipment, Series
from venue.store.series import series as store
from venue.usecases.series import shapes

# Many dates in one transaction meet more of the others than one booking does: a victim is tried more often, and a wait
# that ran out is begun anew. Whoever was waited for has most often won by then, and the next look tells at once.
ATTEMPTS, WAITS = 6, 3


def to_the_end(once: Callable[[], Reply]) -> Reply:
    """Run a whole act in units of work of its own until it is answered; ``database_busy`` is the last resort."""
    for wait in range(1, WAITS + 1):
        try:
            return retry_conflicts(once, ATTEMPTS)
        except Unavailable as busy:
            if wait == WAITS or not _waited_in_vain(busy):
                raise
    raise AssertionError("unreachable")


def _waited_in_vain(busy: Unavailable) -> bool:
    """Tell a lock that was not had in time from a database that is gone or has no connection left."""
    cause = busy.__cause__
    return getattr(getattr(cause, "orig", cause), "sqlstate", None) == LOCK_NOT_AVAILABLE


@dataclass(frozen=True)
class ChangeSeries:
    """What is to be otherwise, and from when on; None leaves a part as it is."""

    scope: str
    from_date: date | None = None
    space_id: UUID | None = None
    rrule: str | None = None
    local_start: time | None = None
    minutes: int | None = None
    policy: str | None = None
    split: bool | None = None
    equipment: Equipment | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing is to be otherwise."""
        wanted = (self.space_id, self.rrule, self.local_start, self.minutes, self.split, self.equipment)
        return all(one is None for one in wanted)


def lock(work: UnitOfWork, series_id: UUID, actor: Actor, version: int | None) -> Series:
    """Load a series for a change by somebody who may, at the version they saw."""
    one = store.lock(work, series_id)
    if one is None or not shapes.may_change({"person_id": one.person_id}, actor):
        raise refused.unknown()
    refusals.expect_version(one.version, version)
    if one.state != "active":
        raise refused.over()
    return one


def first_date(one: Series, scope: str, from_date: date | None, now: datetime) -> date:
    """From which date on something changes: never one that is over."""
    if scope != ALL and from_date is None:
        raise refused.date_required()
    return max(from_date or one.first_date, hours.local_date(now, one.plan.zone), one.first_date)
