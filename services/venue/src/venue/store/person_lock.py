# SPDX-License-Identifier: Apache-2.0
"""One at a time for a person: what they may have so many of is counted and added to in one go."""

from __future__ import annotations

from uuid import UUID

from chassis.db import UnitOfWork

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(division)s || %(person)s, 0))"


def take(work: UnitOfWork, person_id: UUID | None) -> None:
    """Wait until nobody adds anything for this person (None: for the community itself), and let nobody until commit."""
    work.driver.execute(_LOCK, {"division": work.division, "person": str(person_id)})
