# SPDX-License-Identifier: Apache-2.0
"""Weeks whose public hours fell short, each noted once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import INSTANT, column, table

public_share_shortfalls = table(
    "public_share_shortfalls", column("venue_id", sa.Uuid), column("monday", sa.Date),
    column("public_percent", sa.SmallInteger), column("min_public_percent", sa.SmallInteger),
    column("noticed_at", INSTANT),
)  # fmt: skip


def note(work: UnitOfWork, venue_id: UUID, monday: date, percent: int, minimum: int, now: datetime) -> bool:
    """Note a week; False where it was noted before."""
    row = {
        "division_code": work.division,
        "venue_id": venue_id,
        "monday": monday,
        "public_percent": percent,
        "min_public_percent": minimum,
        "noticed_at": now,
    }
    insert = pg.insert(public_share_shortfalls).values(row)
    once = insert.on_conflict_do_nothing(constraint="pk_public_share_shortfalls")
    return work.execute(once.returning(public_share_shortfalls.c.monday)).first() is not None
