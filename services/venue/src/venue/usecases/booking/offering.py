# SPDX-License-Identifier: Apache-2.0
"""What else could be had: other rooms and times near a wish that was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from venue.domain.booking import alternatives as rules
from venue.domain.booking.alternatives import Admits, Candidate, anybody
from venue.domain.booking.judging import Wish, judge
from venue.domain.opening import hours
from venue.store.booking import offers, queries
from venue.store.booking.offers import Room
from venue.store.venues import queries as venue_queries
from venue.usecases.booking import shapes


def is_free(
    connection: sa.Connection, division: str, room: Room, starts_at: datetime, ends_at: datetime, now: datetime
) -> bool:
    """Tell whether nobody holds the room then, at this moment, buffers included. What has run out holds nothing."""
    held = (starts_at - room.offer.setup, ends_at + room.offer.cleanup)
    return not queries.is_held(connection, division, room.atom_ids, *held, now)


def alternatives(
    connection: sa.Connection,
    division: str,
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    language: str,
    *,
    party_size: int | None = None,
    regime: str | None = None,
    besides: UUID | None = None,
    admits: Admits = anybody,
) -> list[dict[str, Any]]:
    """Look for other rooms and times around the wished day, as if the booking ``besides`` did not exist.

    With ``regime`` only times of that regime are offered, and only what ``admits`` the asker. Two statements,
    whatever the rooms.
    """
    rooms = [offers.as_room(dict(row)) for row in venue_queries.rooms_of_venue(connection, division, room.venue_id)]
    days = rules.days_to_look_at(room.offer, starts_at, now)
    if not days:
        return []
    atom_ids = sorted({atom for one in rooms for atom in one.atom_ids})
    zone = room.offer.zone
    held = queries.held_atoms(
        connection,
        division,
        atom_ids,
        hours.instant(days[0], 0, zone) - rules.MARGIN,
        hours.instant(days[-1], 1440, zone) + rules.MARGIN,
        person_id=None,
        now=now,
        besides=besides,
    )
    candidates = {
        one.space_id: Candidate(
            one.space_id, one.offer, len(one.atom_ids), [time for atom in one.atom_ids for time in held.get(atom, ())]
        )
        for one in rooms
    }
    found = rules.suggest(
        room.space_id, starts_at, ends_at, candidates, days=days, now=now, party_size=party_size, regime=regime,
        admits=admits,
    )  # fmt: skip
    by_id = {one.space_id: one for one in rooms}
    return [_shape(one, by_id[one.space_id], now, language) for one in found]


def _shape(one: rules.Alternative, room: Room, now: datetime, language: str) -> dict[str, Any]:
    terms = judge(room.offer, Wish(one.starts_at, one.ends_at), now).terms
    return {
        "space_id": str(one.space_id),
        "space_name": room.name(language),
        "starts_at": shapes.local(one.starts_at, room.offer.zone),
        "ends_at": shapes.local(one.ends_at, room.offer.zone),
        "price_fen": terms.price_fen if terms else 0,
    }
