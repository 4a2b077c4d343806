# SPDX-License-Identifier: Apache-2.0
"""Keep the list of equipment and its stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain.venues import venue_refusals
from venue.store.venues import equipment, equipment_items, spaces
from venue.store.venues.venue_settings import Row
from venue.usecases.venues.change_venue import change_venue

MOST_NUMBERED = 50


def create_equipment(deps: Deps, actor: Actor, venue_id: UUID, new: Mapping[str, Any], attempt: Attempt) -> Reply:
    """Add an equipment; numbered items get an atom each, so that one item is never promised twice."""

    def act(work: UnitOfWork, _venue: Row) -> None:
        _expect_few(new["counting"], new["stock"])
        row = {**new, "id": uuid7(), "venue_id": venue_id, "stock_since": deps.clock.now()}
        equipment.insert(work, row)
        spaces.insert_atoms(work, venue_id, equipment_items.numbered_items(row))

    return change_venue(
        deps, actor, venue_id, attempt, "create_equipment", "equipment", act, status=201, versioned=False
    )


def update_equipment(
    deps: Deps, actor: Actor, equipment_id: UUID, changes: Mapping[str, Any], attempt: Attempt
) -> Reply:
    """Change names or stock; never below what bookings ahead rely on."""

    def act(work: UnitOfWork, _venue: Row) -> None:
        row = equipment.lock(work, equipment_id)
        assert row is not None  # found a moment ago, and equipment is never deleted
        values = dict(changes)
        if "stock" in values:
            _expect_few(row["counting"], values["stock"])
            values["stock_since"] = deps.clock.now()
            first = equipment.highest_number(work, equipment_id) + 1
            items = equipment_items.numbered_items({**row, "stock": values["stock"]}, first)
            spaces.insert_atoms(work, row["venue_id"], items)
        equipment.update(work, equipment_id, values)

    with deps.unit_of_work(actor) as work:
        row = equipment.lock(work, equipment_id)
    if row is None:
        raise venue_refusals.unknown_equipment()
    return change_venue(deps, actor, row["venue_id"], attempt, "update_equipment", "equipment", act)


def _expect_few(counting: str, stock: int) -> None:
    if counting == "numbered" and stock > MOST_NUMBERED:
        raise venue_refusals.too_many_numbered(MOST_NUMBERED)
