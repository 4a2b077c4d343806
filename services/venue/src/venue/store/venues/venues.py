# SPDX-License-Identifier: Apache-2.0
"""Writing a whole venue at once: rooms, equipment, regimes, hours and prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7

from venue.domain.opening.hours import EARLIEST
from venue.domain.venues.definition import VenueDefinition
from venue.store.tables import (
    atoms,
    prices,
    receipt_counters,
    regime_rules,
    regimes,
    space_atoms,
    spaces,
    venues,
)
from venue.store.venues.equipment_items import numbered_items
from venue.store.venues.venue_settings import equipment

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
        **one.about,
        **one.terms,
    }
    for table, rows in (
        (venues, [venue]),
        (receipt_counters, [{"venue_id": venue_id, "last_no": 0}]),
        (regimes, _regimes(one, venue_id)),
        (regime_rules, _rules(one, venue_id)),
        (atoms, [{"id": key, "venue_id": venue_id, "code": code} for code, key in atom_ids.items()]),
        (spaces, _spaces(one, venue_id, space_ids)),
        (equipment, things := _equipment(one, venue_id, now)),
        (atoms, [{**item, "venue_id": venue_id} for thing in things for item in numbered_items(thing)]),
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
        if rows:
            work.execute(sa.insert(table), [{"division_code": work.division, **row} for row in rows])


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
            "kind": regime.kind,
            "audience": regime.audience,
            "approval": regime.approval,
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
    rows = {
        space.code: {
            "id": space_ids[space.code],
            "venue_id": venue_id,
            "code": space.code,
            "name_zh": space.names.zh,
            "name_en": space.names.en,
            "capacity": space.capacity,
            "position": position,
            "parent_id": space_ids[space.parent] if space.parent else None,
            "setup_minutes": space.setup_minutes,
            "cleanup_minutes": space.cleanup_minutes,
            "needs_approval": space.needs_approval,
        }
        for position, space in enumerate(one.spaces, 1)
    }
    parents = {space.code: space.parent for space in one.spaces}

    def depth(code: str, steps: int = 0) -> int:
        parent = parents[code]
        return steps if parent is None or steps > len(parents) else depth(parent, steps + 1)

    return [rows[code] for code in sorted(rows, key=depth)]  # a foreign key wants what others are part of first


def _equipment(one: VenueDefinition, venue_id: UUID, now: datetime) -> list[Row]:
    return [
        {
            "id": uuid7(),
            "version": 1,
            "venue_id": venue_id,
            "code": thing.code,
            "name_zh": thing.names.zh,
            "name_en": thing.names.en,
            "counting": thing.counting,
            "stock": thing.stock,
            "stock_since": now,
        }
        for thing in one.equipment
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
            "deposit_fen": space.deposit_fen.get(regime, 0),
        }
        for space in one.spaces
        for regime, fen in space.price_fen_per_hour.items()
    ]
