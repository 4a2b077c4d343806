# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock. Nothing of a booking expires by itself yet; used idempotency keys do."""

from __future__ import annotations

from chassis.worker import Job

from chassis import idempotency
from venue.deps import Deps

HOURLY = 3600


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs."""
    return [Job("forget_idempotency_keys", HOURLY, lambda: forget_idempotency_keys(deps))]


def forget_idempotency_keys(deps: Deps) -> int:
    """Forget keys nobody may repeat any more; the sweep role's own policy lets it reach every division's."""
    return idempotency.forget(deps.database, deps.clock)
