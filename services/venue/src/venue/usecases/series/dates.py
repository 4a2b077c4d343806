# SPDX-License-Identifier: Apache-2.0
"""The dates of a series on their way into the database: which are wanted, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork, uuid7

from venue.domain.booking.offer import Terms
from venue.domain.series.series import Equipment, LeftOut, Occurrence, Series, Verdict
from venue.store.booking.freeing import Freed
from venue.store.series import series as store
from venue.store.series.series_equipment import Needed


@dataclass(frozen=True)
class Placement:
    """A date to be taken with its equipment: by a new booking, or by the one that already stands for it (``moves``)."""

    occurrence: Occurrence
    terms: Terms
    booking_id: UUID
    moves: bool = False
    equipment: Equipment = ()

    @property
    def needs(self) -> Needed:
        """What of equipment it is to have, and when: setting up and cleaning are the room's alone."""
        return Needed(self.booking_id, self.occurrence.starts_at, self.occurrence.ends_at, self.equipment)


def wanted(verdicts: Sequence[Verdict], equipment: Equipment = ()) -> list[Placement]:
    """New bookings for the dates that no rule refuses."""
    return [
        Placement(verdict.occurrence, verdict.terms, uuid7(), equipment=equipment)
        for verdict in verdicts
        if verdict.terms is not None
    ]


def refused(verdicts: Sequence[Verdict]) -> list[LeftOut]:
    """The dates that a rule refuses."""
    return [LeftOut(verdict.occurrence, verdict.failure) for verdict in verdicts if verdict.failure is not None]


@dataclass(frozen=True)
class Taken:
    """What became of the dates: had, lost to somebody else (or to a quota), and the times given up meanwhile."""

    placed: Sequence[Placement]
    lost: Sequence[LeftOut]
    freed: Sequence[Freed] = ()


def store_decided(work: UnitOfWork, one: Series, placed: Sequence[Placement], left_out: Sequence[LeftOut]) -> None:
    """Store what became of dates: had by a booking, or left out for a reason."""
    had = [_date_row(one.space_id, each.occurrence, each.booking_id, None) for each in placed]
    not_had = [_date_row(one.space_id, each.occurrence, None, each.failure.code) for each in left_out]
    store.put_dates(work, one.series_id, [*had, *not_had])


def _date_row(space_id: UUID, at: Occurrence, booking_id: UUID | None, reason: str | None) -> dict[str, Any]:
    return {
        "occurrence_date": at.on,
        "space_id": space_id,
        "planned_start": at.local_start,
        "planned_end": at.local_end,
        "shifted": at.shifted,
        "booking_id": booking_id,
        "reason_code": reason,
    }
