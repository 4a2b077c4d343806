# SPDX-License-Identifier: Apache-2.0
"""A venue's profile, photos, spaces and equipment as staff keep them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag

from venue.usecases.venues import equipment, spaces, venue_details
from venue.usecases.venues.spaces import NewSpace


def get_venue_settings(call: Call, venue_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Everything staff keep about a venue."""
    shape = venue_details.settings(call.deps, call.actor, UUID(venue_id), call.language)
    return shape, 200, etag(shape["version"])


def update_venue(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Change the profile or the terms."""
    return venue_details.update_venue(call.deps, call.actor, UUID(venue_id), body, call)


def add_venue_photo(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Publish a photo."""
    return venue_details.add_photo(call.deps, call.actor, UUID(venue_id), body, call)


def remove_venue_photo(call: Call, venue_id: str, photo_id: str) -> Reply:
    """Take a photo down."""
    return venue_details.remove_photo(call.deps, call.actor, UUID(venue_id), UUID(photo_id), call)


def get_venue_photo(call: Call, division: str, photo_id: str) -> Reply:
    """Public: a photo."""
    return venue_details.public_photo(call.deps, division, UUID(photo_id))


def create_space(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Create a space."""
    new = NewSpace(
        **{name: body[name] for name in ("code", "name_zh", "name_en", "capacity")},
        atoms=body.get("atoms", ()),
        new_atoms=body.get("new_atoms", ()),
        divides=UUID(body["parent_id"]) if body.get("parent_id") else None,
        setup_minutes=body.get("setup_minutes", 0),
        cleanup_minutes=body.get("cleanup_minutes", 0),
        needs_approval=body.get("needs_approval", False),
        prices={one["regime"]: one["price_fen_per_hour"] for one in body.get("prices", ())},
    )
    return spaces.create_space(call.deps, call.actor, UUID(venue_id), new, call)


def update_space(call: Call, space_id: str, body: dict[str, Any]) -> Reply:
    """Change a space."""
    changes = dict(body)
    if changes.get("parent_id"):
        changes["parent_id"] = UUID(changes["parent_id"])
    return spaces.update_space(call.deps, call.actor, UUID(space_id), changes, call)


def retire_space(call: Call, space_id: str) -> Reply:
    """Take a space out of use."""
    return spaces.retire_space(call.deps, call.actor, UUID(space_id), call)


def create_equipment(call: Call, venue_id: str, body: dict[str, Any]) -> Reply:
    """Add an equipment."""
    return equipment.create_equipment(call.deps, call.actor, UUID(venue_id), body, call)


def update_equipment(call: Call, equipment_id: str, body: dict[str, Any]) -> Reply:
    """Change an equipment."""
    return equipment.update_equipment(call.deps, call.actor, UUID(equipment_id), body, call)
