# SPDX-License-Identifier: Apache-2.0
"""The items of numbered equipment: one atom each, held like a room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.db import uuid7


def numbered_items(thing: Mapping[str, Any], first: int = 1) -> list[dict[str, Any]]:
    """Atoms for the items numbered ``first`` up to the stock; counted equipment has none."""
    if thing["counting"] != "numbered":
        return []
    return [item(thing["id"], thing["code"], number) for number in range(first, thing["stock"] + 1)]


def item(equipment_id: UUID, code: str, number: int) -> dict[str, Any]:
    """One item as a row of atoms."""
    return {
        "id": uuid7(),
        "code": f"{code}_no_{number}",
        "kind": "equipment",
        "equipment_id": equipment_id,
        "number": number,
    }
