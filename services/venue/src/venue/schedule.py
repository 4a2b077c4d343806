# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock: alarms that fell due every second, used idempotency keys every hour."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.worker import Job

from chassis import idempotency
from venue.deps import Deps
from venue.usecases.due import Handler, look_after

EVERY_SECOND = 1
HOURLY = 3600

# What to do when an alarm of store.due goes off, by its kind.
HANDLERS: Mapping[str, Handler] = {}


def jobs(deps: Deps) -> list[Job]:
    """Return the service's jobs."""
    return [
        Job("look_after_what_is_due", EVERY_SECOND, lambda: look_after(deps, HANDLERS)),
        Job("forget_idempotency_keys", HOURLY, lambda: idempotency.forget(deps.database, deps.clock)),
    ]
