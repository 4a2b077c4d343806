# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock; each job is safe to run twice at once."""

from __future__ import annotations

from chassis.worker import Job

from chassis import idempotency
from disclosure.deps import Deps


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs; none where the process was given no sweep role."""
    return [Job("forget_idempotency_keys", 3600, lambda: forget_idempotency_keys(deps))] if deps.can_sweep else []


def forget_idempotency_keys(deps: Deps) -> int:
    """Forget idempotency keys older than the promised day and return how many."""
    return idempotency.forget(deps.database, deps.clock)
