# SPDX-License-Identifier: Apache-2.0
"""The equipment a request asks for: remembered, not held; whoever is approved first takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.venues import venue_refusals
from venue.store.tables import column, table
from venue.store.venues.equipment import EquipmentWish

requested_equipment = table(
    "requested_equipment", column("booking_id", sa.Uuid), column("equipment_id", sa.Uuid),
    column("quantity", sa.Integer),
)  # fmt: skip
_REMEMBER = """
    INSERT INTO requested_equipment (division_code, booking_id, equipment_id, quantity)
    SELECT %(division)s, %(booking_id)s, thing.id, asked.quantity
    FROM unnest(%(things)s::uuid[], %(quantities)s::int[]) AS asked (equipment_id, quantity)
    JOIN equipment thing ON thing.division_code = %(division)s AND thing.venue_id = %(venue_id)s
        AND thing.id = asked.equipment_id"""


def remember(work: UnitOfWork, booking_id: UUID, venue_id: UUID, wishes: Sequence[EquipmentWish]) -> None:
    """Note what a stored request asks for. Raises NotFound where the venue has no such equipment."""
    together: Counter[UUID] = Counter()
    for wish in wishes:
        together[wish.equipment_id] += wish.quantity
    asked = {"things": list(together.keys()), "quantities": list(together.values())}
    whose = {"division": work.division, "booking_id": booking_id, "venue_id": venue_id}
    if work.driver.execute(_REMEMBER, {**whose, **asked}).rowcount < len(together):
        raise venue_refusals.unknown_equipment()


def of_booking(work: UnitOfWork, booking_id: UUID) -> list[EquipmentWish]:
    """What a request asked for; nothing for one made while requests still held their equipment."""
    asked = requested_equipment.c
    query = sa.select(asked.equipment_id, asked.quantity).where(
        asked.division_code == work.division, asked.booking_id == booking_id
    )
    return [EquipmentWish(*row) for row in work.execute(query)]
