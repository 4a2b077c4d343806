# SPDX-License-Identifier: Apache-2.0
"""Reads of a venue's regimes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from venue.store.tables import regimes


def regimes_of_venue(connection: sa.Connection, division: str, venue_id: UUID) -> list[Mapping[str, Any]]:
    """The names and purposes of a venue's regimes."""
    query = sa.select(regimes).where(regimes.c.division_code == division, regimes.c.venue_id == venue_id)
    return list(connection.execute(query.order_by(regimes.c.position)).mappings())
