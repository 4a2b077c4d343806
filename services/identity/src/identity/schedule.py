# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock. Each job is a use case and safe to run twice at once."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.worker import Job

from identity.bootstrap import Deps
from identity.usecases.offices import end_expired_offices
from identity.usecases.purging import purge


def jobs(deps: Deps) -> Sequence[Job]:
    """The jobs of this service's worker."""
    return (
        Job("end-expired-offices", 3600, lambda: end_expired_offices(deps)),
        Job("purge", 3600, lambda: purge(deps)),
    )
