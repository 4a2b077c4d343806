# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock; each job is a use case."""

from __future__ import annotations

from chassis.worker import Job

from chassis import idempotency
from engagement.deps import Deps
from engagement.usecases import need_counts, notices

PUBLISH_EVERY_SECONDS = 5
HOURLY = 3600


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs."""
    return [
        Job("publish_need_counts", PUBLISH_EVERY_SECONDS, lambda: need_counts.publish_counts(deps)),
        Job(notices.FORGET, HOURLY, lambda: notices.forget(deps)),
        Job("forget_idempotency_keys", HOURLY, lambda: idempotency.forget(deps.database, deps.clock)),
    ]
