# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock. Nothing of a booking expires by itself yet; used idempotency keys do."""

from __future__ import annotations

from chassis.worker import Job

from chassis import idempotency
from venue.deps import Deps

HOURLY = 3600


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs."""
    return [Job("forget_idempotency_keys", HOURLY, lambda: idempotency.forget(deps.database, deps.clock))]
