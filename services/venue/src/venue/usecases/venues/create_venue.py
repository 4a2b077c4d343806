# SPDX-License-Identifier: Apache-2.0
"""Create a venue from its definition and publish it, in one transaction."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Actor
from chassis.db import uuid7

from venue.deps import Deps
from venue.domain.venues.definition import VenueDefinition
from venue.store.venues import venues
from venue.usecases.venues.change_venue import publish


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
        publish(deps, work, venue_id)
        work.audit("venue.created", "venue", venue_id, {"code": definition.code})
        work.commit()
        return venue_id
