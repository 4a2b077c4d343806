# SPDX-License-Identifier: Apache-2.0
"""The stretches of bookings that lie in several regimes, each with its own frozen price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.booking.offer import Part
from venue.store.booking.quota_tables import booking_parts


def insert(work: UnitOfWork, space_id: UUID, parts: Mapping[UUID, Sequence[Part]]) -> None:
    """Store the stretches of stored bookings of one room, in order."""
    rows = [
        {
            "division_code": work.division,
            "booking_id": booking_id,
            "part_no": number,
            "space_id": space_id,
            "starts_at": part.starts_at,
            "ends_at": part.ends_at,
            "regime_code": part.regime,
            "price_version": part.price_version,
            "price_fen_per_hour": part.price_fen_per_hour,
            "price_fen": part.price_fen,
        }
        for booking_id, stretches in parts.items()
        for number, part in enumerate(stretches, 1)
    ]
    if rows:
        work.execute(sa.insert(booking_parts).values(rows))


def replace(work: UnitOfWork, booking_id: UUID, space_id: UUID, parts: Sequence[Part]) -> None:
    """Store the stretches of a booking that moved instead of those it had."""
    part = booking_parts.c
    work.execute(sa.delete(booking_parts).where(part.division_code == work.division, part.booking_id == booking_id))
    insert(work, space_id, {booking_id: parts})


def of(connection: sa.Connection, division: str, booking_ids: Sequence[UUID]) -> dict[UUID, tuple[Part, ...]]:
    """The stretches of bookings, in order; one that lies in a single regime is missing."""
    if not booking_ids:
        return {}
    part = booking_parts.c
    columns = (part.starts_at, part.ends_at, part.regime_code, part.price_version, part.price_fen_per_hour)
    query = sa.select(part.booking_id, *columns, part.price_fen).where(
        part.division_code == division, part.booking_id.in_(booking_ids)
    )
    found: dict[UUID, tuple[Part, ...]] = {}
    for booking_id, *row in connection.execute(query.order_by(part.booking_id, part.part_no)):
        found[booking_id] = (*found.get(booking_id, ()), Part(*row))
    return found
