# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock. Each job is a use case and safe to run twice at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from chassis.worker import Job

from chassis import idempotency
from identity.bootstrap import Deps
from identity.store import accounts, provider
from identity.usecases.accounts import SIGN_IN
from identity.usecases.offices import end_expired_offices

KEPT_CODES = timedelta(days=1)  # a used code is kept this long to recognise its replay
KEPT_ATTEMPTS = timedelta(days=1)


def jobs(deps: Deps) -> Sequence[Job]:
    """The jobs of this service's worker."""
    return (
        Job("end-expired-offices", 3600, lambda: end_expired_offices(deps)),
        Job("purge", 3600, lambda: purge(deps)),
    )


def purge(deps: Deps) -> int:
    """Delete old idempotency keys, codes, refresh tokens and counted attempts; return how many."""
    wall = deps.wall.now()
    with deps.database.sweep(SIGN_IN) as work:
        gone = idempotency.purge(work.connection, deps.clock.now() - timedelta(hours=idempotency.KEPT_HOURS))
        gone += provider.purge(work.connection, wall - KEPT_CODES)
        gone += accounts.purge_attempts(work.connection, wall - KEPT_ATTEMPTS)
        work.commit()
    return gone
