# SPDX-License-Identifier: Apache-2.0
"""Places of one community."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page
from sqlalchemy.dialects.postgresql import insert as upsert

from identity.store.tables import places


def page(
    connection: sa.Connection, division: str, page: Page, parent: UUID | None, kind: str | None
) -> tuple[list[sa.Row[Any]], str | None]:
    """Fetch one page in the order of registration."""
    conditions = [places.c.division_code == division, page.clause(places.c.place_id)]
    if parent:
        conditions.append(places.c.parent_id == parent)
    if kind:
        conditions.append(places.c.kind == kind)
    query = sa.select(places).where(*conditions).order_by(places.c.place_id).limit(page.limit + 1)
    return page.cut(connection.execute(query).all(), lambda row: (row.place_id,))


def find(connection: sa.Connection, division: str, place_id: UUID) -> sa.Row[Any] | None:
    """Fetch one place."""
    query = sa.select(places).where(places.c.division_code == division, places.c.place_id == place_id)
    return connection.execute(query).one_or_none()


def insert(connection: sa.Connection, place: Mapping[str, Any]) -> bool:
    """Store a new place; False when its name is taken under its parent, also by somebody a moment faster."""
    adding = upsert(places).values(**place).on_conflict_do_nothing(constraint="uq_places_name")
    return connection.execute(adding.returning(places.c.place_id)).first() is not None
