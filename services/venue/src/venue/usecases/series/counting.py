# SPDX-License-Identifier: Apache-2.0
"""What the dates of a series use of the venue's quotas: counted for good, or tried out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.errors import AppError

from venue.domain.booking import quotas as rules
from venue.domain.booking.quotas import Use
from venue.domain.series.series import Series
from venue.domain.series.series_quotas import fit, key
from venue.store.booking import quota_uses
from venue.store.booking.offers import Room
from venue.store.series import series_quotas as store
from venue.usecases.series.dates import Placement

Households = Mapping[UUID, UUID | None]


def use_quotas(
    work: UnitOfWork,
    room: Room,
    one: Series,
    wishes: Sequence[Placement],
    households: Households,
    leaving: Collection[UUID] = (),
) -> dict[UUID, AppError]:
    """Count each stored date as a booking of its own, after giving back what ``leaving`` used.

    Returns those that do not fit in: the caller rolls back then.
    """
    asked = {
        each.booking_id: _uses(each, room, one.person_id, one.group_id, households.get(each.booking_id))
        for each in wishes
    }
    wanted = [use for uses in asked.values() for use in uses]
    if leaving:
        quota_uses.give_back_for(work, leaving, wanted)
    refused = fit(asked, store.lock_used(work, wanted))
    store.count(work, {booking_id: uses for booking_id, uses in asked.items() if booking_id not in refused})
    return refused


def try_quotas(
    connection: sa.Connection,
    division: str,
    room: Room,
    person_id: UUID,
    group_id: UUID | None,
    wishes: Sequence[Placement],
) -> dict[UUID, AppError]:
    """Tell which dates would not fit in at this moment; nobody waits for anybody."""
    if not room.offer.quotas:
        return {}
    days: list[date] = [one.occurrence.on for one in wishes]
    households = store.households(connection, division, person_id, days)
    asked = {one.booking_id: _uses(one, room, person_id, group_id, households.get(one.occurrence.on)) for one in wishes}
    distinct = list({key(use): use for uses in asked.values() for use in uses}.values())
    used = quota_uses.used(connection, division, distinct)
    return fit(asked, dict(zip(map(key, distinct), used, strict=True)))


def _uses(one: Placement, room: Room, person_id: UUID, group_id: UUID | None, household_id: UUID | None) -> list[Use]:
    subjects = rules.subjects_of(person_id, household_id, group_id, room.venue_id)
    return rules.uses(room.offer.quotas, one.occurrence.on, one.terms.parts, subjects)
