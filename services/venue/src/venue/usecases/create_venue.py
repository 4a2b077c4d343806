# SPDX-License-Identifier: Apache-2.0
"""Create a venue from its definition and publish it, in one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import uuid7

from venue.deps import Deps
from venue.domain.definition import VenueDefinition, wall_time
from venue.store import venues


def create_venue(deps: Deps, actor: Actor, definition: VenueDefinition) -> UUID:
    """Store and publish the venue; where the community already has one of that code, return it unchanged."""
    if actor.division != definition.division:
        raise ValueError(f"the actor stands in {actor.division}, the venue in {definition.division}")
    with deps.unit_of_work(actor) as work:
        known = venues.id_of(work, definition.code)
        if known is not None:
            return known
        venue_id = uuid7()
        space_ids = {space.code: uuid7() for space in definition.spaces}
        atom_ids = {code: uuid7() for code in definition.atoms}
        venues.insert(work, definition, venue_id, space_ids, atom_ids, deps.clock.now())
        venues.publish(
            work,
            venue_id,
            _profile(definition, venue_id, space_ids),
            deps.clock.now(),
            {space_ids[space.code]: [atom_ids[atom] for atom in space.atoms] for space in definition.spaces},
        )
        work.audit("venue.created", "venue", venue_id, {"code": definition.code})
        work.commit()
        return venue_id


def _profile(definition: VenueDefinition, venue_id: UUID, space_ids: dict[str, UUID]) -> dict[str, Any]:
    """What anyone may read of a venue; both languages, for the reader to choose."""
    return {
        "venue_id": str(venue_id),
        "code": definition.code,
        "names": vars(definition.names),
        "time_zone": definition.time_zone,
        "regimes": [
            {
                "code": regime.code,
                "names": vars(regime.names),
                "purposes": {"zh": list(regime.purposes_zh), "en": list(regime.purposes_en)},
            }
            for regime in definition.regimes
        ],
        "hours": [
            {
                "regime": rule.regime,
                "weekday": rule.weekday,
                "from": wall_time(rule.from_minute),
                "until": wall_time(rule.until_minute),
            }
            for regime in definition.regimes
            for rule in regime.rules
        ],
        "spaces": [
            {
                "space_id": str(space_ids[space.code]),
                "code": space.code,
                "names": vars(space.names),
                "capacity": space.capacity,
                "prices": [
                    {"regime": code, "price_fen_per_hour": fen} for code, fen in space.price_fen_per_hour.items()
                ],
            }
            for space in definition.spaces
        ],
    }
