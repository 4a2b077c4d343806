# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock; each job is safe to run twice at once."""

from __future__ import annotations

from datetime import timedelta

from chassis.auth import Actor
from chassis.worker import Job

from chassis import idempotency
from disclosure.bootstrap import Deps

ANY_DIVISION = ""  # keys are swept over all divisions by the sweep role's own policy


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs; none where the process was given no sweep role."""
    return [Job("forget_idempotency_keys", 3600, lambda: forget_idempotency_keys(deps))] if deps.can_sweep else []


def forget_idempotency_keys(deps: Deps) -> int:
    """Forget idempotency keys older than the promised day and return how many."""
    before = deps.clock.now() - timedelta(hours=idempotency.KEPT_HOURS)
    with deps.database.sweep(Actor.system(ANY_DIVISION, "forget_idempotency_keys")) as work:
        forgotten = idempotency.purge(work.connection, before)
        work.commit()
    return forgotten
