# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock. Nothing of a booking expires by itself yet; used idempotency keys do."""

from __future__ import annotations

from datetime import timedelta

from chassis.auth import Actor
from chassis.worker import Job

from chassis import idempotency
from venue.deps import Deps

HOURLY = 3600


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs."""
    return [Job("forget_idempotency_keys", HOURLY, lambda: forget_idempotency_keys(deps))]


def forget_idempotency_keys(deps: Deps) -> int:
    """Forget keys nobody may repeat any more; the sweep role's own policy lets it reach every division's."""
    before = deps.clock.now() - timedelta(hours=idempotency.KEPT_HOURS)
    with deps.database.sweep(Actor.system("", "schedule")) as work:
        forgotten = idempotency.purge(work.connection, before)
        work.commit()
    return forgotten
