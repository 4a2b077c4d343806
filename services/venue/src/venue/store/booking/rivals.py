# SPDX-License-Identifier: Apache-2.0
"""Who else wants what a request asks for. Requests hold nothing, so this is asked and never kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import INSTANT


@dataclass(frozen=True)
class Rivals:
    """How many other requests compete with one, and whether the room is held already."""

    requests: int
    is_held: bool


_RIVALS = sa.text("""
    SELECT mine.id,
        (SELECT count(DISTINCT other.id) FROM space_atoms theirs
            JOIN bookings other ON other.division_code = theirs.division_code AND other.space_id = theirs.space_id
            WHERE theirs.division_code = :division AND theirs.atom_id = ANY(wanted.atom_ids) AND other.id <> mine.id
                AND other.state = 'requested' AND other.starts_at < mine.ends_at AND mine.starts_at < other.ends_at
        ) AS requests,
        EXISTS (SELECT FROM occupancies held
            WHERE held.division_code = :division AND held.atom_id = ANY(wanted.atom_ids) AND held.active
                AND held.ends_at > mine.starts_at - mine.occupied_minutes_before * interval '1 minute'
                AND held.starts_at < mine.ends_at + mine.occupied_minutes_after * interval '1 minute'
                AND (held.hold_expires_at IS NULL OR held.hold_expires_at > :now)
        ) AS is_held
    FROM bookings mine CROSS JOIN LATERAL (
        SELECT array_agg(atom_id) AS atom_ids FROM space_atoms
        WHERE division_code = :division AND space_id = mine.space_id
    ) AS wanted
    WHERE mine.division_code = :division AND mine.id = ANY(:booking_ids)
    """).bindparams(sa.bindparam("booking_ids", type_=pg.ARRAY(sa.Uuid)), sa.bindparam("now", type_=INSTANT))


def rivals_of(
    connection: sa.Connection, division: str, booking_ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, Rivals]:
    """Who else wants the room and time of each request, in one statement. A hold that has run out holds nothing."""
    rows = connection.execute(_RIVALS, {"division": division, "booking_ids": list(booking_ids), "now": now})
    return {row.id: Rivals(row.requests, row.is_held) for row in rows}
