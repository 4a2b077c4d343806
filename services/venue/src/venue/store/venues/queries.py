# SPDX-License-Identifier: Apache-2.0
"""Reads of venues and their rooms, and of what is published about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from venue.store.booking.offers import ROOMS
from venue.store.tables import published_spaces, published_venues, spaces, venues


def communities(connection: sa.Connection) -> Sequence[str]:
    """Every community with a venue, read by the public role: for jobs that visit them one by one."""
    query = sa.select(published_venues.c.division_code).distinct().order_by(published_venues.c.division_code)
    return connection.execute(query).scalars().all()


def late_cancel_minutes(connection: sa.Connection, division: str, venue_id: UUID) -> int:
    """How long before its start taking a booking back becomes late."""
    query = sa.select(venues.c.late_cancel_minutes)
    return connection.execute(query.where(venues.c.division_code == division, venues.c.id == venue_id)).scalar_one()


def rooms_of_venue(connection: sa.Connection, division: str, venue_id: UUID) -> list[Mapping[str, Any]]:
    """Every room of a venue with its atoms, hours and prices, in the venue's order."""
    query = ROOMS.where(spaces.c.division_code == division, spaces.c.venue_id == venue_id)
    return list(connection.execute(query.order_by(spaces.c.position, spaces.c.id)).mappings())


def published_profiles(connection: sa.Connection, division: str) -> list[dict[str, Any]]:
    """The published venues of any community."""
    query = sa.select(published_venues.c.profile).where(published_venues.c.division_code == division)
    return list(connection.execute(query.order_by(published_venues.c.venue_id)).scalars())


def published_space(connection: sa.Connection, division: str, space_id: UUID) -> Mapping[str, Any] | None:
    """A published room's atoms and its venue's profile."""
    space, venue = published_spaces.c, published_venues.c
    query = (
        sa.select(space.atom_ids, venue.profile)
        .join_from(
            published_spaces,
            published_venues,
            (venue.division_code == space.division_code) & (venue.venue_id == space.venue_id),
        )
        .where(space.division_code == division, space.space_id == space_id)
    )
    return connection.execute(query).mappings().one_or_none()
