# SPDX-License-Identifier: Apache-2.0
"""Writing venues: rooms, regimes, hours, prices, and what the public reads of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7

from venue.domain.definition import VenueDefinition
from venue.domain.hours import EARLIEST
from venue.store.tables import (
    atoms,
    prices,
    published_spaces,
    published_venues,
    receipt_counters,
    regime_rules,
    regimes,
    space_atoms,
    spaces,
    venues,
)

Row = dict[str, Any]


def id_of(work: UnitOfWork, code: str) -> UUID | None:
    """Find a venue of the current division by its code."""
    query = sa.select(venues.c.id).where(venues.c.division_code == work.division, venues.c.code == code)
    return work.execute(query).scalar_one_or_none()


def insert(
    work: UnitOfWork,
    one: VenueDefinition,
    venue_id: UUID,
    space_ids: Mapping[str, UUID],
    atom_ids: Mapping[str, UUID],
    now: datetime,
) -> None:
    """Store everything a venue consists of."""
    venue: Row = {
        "id": venue_id,
        "code": one.code,
        "name_zh": one.names.zh,
        "name_en": one.names.en,
        "tz": one.time_zone,
        "longest_minutes": one.longest_minutes,
        "horizon_days": one.horizon_days,
        "created_at": now,
    }
    for table, rows in (
        (venues, [venue]),
        (receipt_counters, [{"venue_id": venue_id, "last_no": 0}]),
        (regimes, _regimes(one, venue_id)),
        (regime_rules, _rules(one, venue_id)),
        (atoms, [{"id": key, "venue_id": venue_id, "code": code} for code, key in atom_ids.items()]),
        (spaces, _spaces(one, venue_id, space_ids)),
        (
            space_atoms,
            [
                {"space_id": space_ids[space.code], "atom_id": atom_ids[atom]}
                for space in one.spaces
                for atom in space.atoms
            ],
        ),
        (prices, _prices(one, venue_id, space_ids)),
    ):
        work.execute(sa.insert(table), [{"division_code": work.division, **row} for row in rows])


def publish(
    work: UnitOfWork, venue_id: UUID, profile: Row, now: datetime, atoms_of: Mapping[UUID, Sequence[UUID]]
) -> None:
    """Let anyone read the venue, and tell which atoms make which room busy."""
    here = {"division_code": work.division, "venue_id": venue_id}
    work.execute(sa.insert(published_venues), [{**here, "profile": profile, "published_at": now}])
    rows = [{**here, "space_id": space_id, "atom_ids": list(ids)} for space_id, ids in atoms_of.items()]
    work.execute(sa.insert(published_spaces), rows)


def _regimes(one: VenueDefinition, venue_id: UUID) -> list[Row]:
    return [
        {
            "venue_id": venue_id,
            "code": regime.code,
            "name_zh": regime.names.zh,
            "name_en": regime.names.en,
            "purposes_zh": list(regime.purposes_zh),
            "purposes_en": list(regime.purposes_en),
            "position": position,
        }
        for position, regime in enumerate(one.regimes, 1)
    ]


def _rules(one: VenueDefinition, venue_id: UUID) -> list[Row]:
    return [
        {
            "id": uuid7(),
            "venue_id": venue_id,
            "regime_code": rule.regime,
            "weekday": rule.weekday,
            "from_minute": rule.from_minute,
            "until_minute": rule.until_minute,
            "valid_from": rule.valid_from,
            "valid_until": rule.valid_until,
        }
        for regime in one.regimes
        for rule in regime.rules
    ]


def _spaces(one: VenueDefinition, venue_id: UUID, space_ids: Mapping[str, UUID]) -> list[Row]:
    return [
        {
            "id": space_ids[space.code],
            "venue_id": venue_id,
            "code": space.code,
            "name_zh": space.names.zh,
            "name_en": space.names.en,
            "capacity": space.capacity,
            "position": position,
        }
        for position, space in enumerate(one.spaces, 1)
    ]


def _prices(one: VenueDefinition, venue_id: UUID, space_ids: Mapping[str, UUID]) -> list[Row]:
    return [
        {
            "space_id": space_ids[space.code],
            "venue_id": venue_id,
            "regime_code": regime,
            "version": 1,
            "valid_from": EARLIEST,
            "price_fen_per_hour": fen,
        }
        for space in one.spaces
        for regime, fen in space.price_fen_per_hour.items()
    ]
