# SPDX-License-Identifier: Apache-2.0
"""Keep who shares a household, so that a quota of a household needs to ask nobody."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.db import UnitOfWork

from venue.store.booking import households


def membership_started(
    work: UnitOfWork, membership_id: UUID, person_id: UUID, household_id: UUID | None, started_on: date
) -> None:
    """Note who belongs to the community from a day on. Who only serves in it belongs to no household."""
    households.start(work, membership_id, person_id, household_id, started_on)


def membership_ended(work: UnitOfWork, membership_id: UUID, person_id: UUID, ended_on: date) -> None:
    """Note when a membership ended; its start may still be on its way."""
    households.end(work, membership_id, person_id, ended_on)
