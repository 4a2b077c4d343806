# SPDX-License-Identifier: Apache-2.0
"""Membership: belonging to a household of the community, or serving in the community while living elsewhere."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import Unprocessable

STAFF = "staff"


def check(kind: str, household_id: UUID | None) -> None:
    """Refuse members without a household and staff with one (Unprocessable)."""
    if (kind == STAFF) == (household_id is None):
        return
    raise Unprocessable(
        "household_required" if household_id is None else "household_unexpected",
        zh="住户要登记到户;只在本社区工作的人不登记户。",
        en="Members belong to a household; people who only serve here do not.",
    )
