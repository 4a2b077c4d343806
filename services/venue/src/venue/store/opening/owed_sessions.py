# SPDX-License-Identifier: Apache-2.0
"""The operator's debt of free sessions: rows are added and never changed; the balance is their sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import INSTANT, column, table

owed_sessions = table(
    "owed_sessions", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("kind"),
    column("sessions", sa.SmallInteger), column("month"), column("booking_id", sa.Uuid), column("reason"),
    column("entered_at", INSTANT), column("entered_by"),
)  # fmt: skip


def enter(work: UnitOfWork, venue_id: UUID, kind: str, sessions: int, now: datetime, **ground: Any) -> UUID | None:
    """Add an entry with its ground (``month``, ``booking_id`` or ``reason``); None: counted already."""
    entry_id = uuid7()
    row = {
        "division_code": work.division,
        "id": entry_id,
        "venue_id": venue_id,
        "kind": kind,
        "sessions": sessions,
        "entered_at": now,
        "entered_by": work.actor.subject,
        **ground,
    }
    once = pg.insert(owed_sessions).values(row).on_conflict_do_nothing()
    return work.execute(once.returning(owed_sessions.c.id)).scalar_one_or_none()


def balance(connection: sa.Connection, division: str, venue_id: UUID) -> int:
    """How many sessions are owed now; below zero: more were given than owed."""
    entry = owed_sessions.c
    query = sa.select(sa.func.coalesce(sa.func.sum(entry.sessions), 0)).where(
        entry.division_code == division, entry.venue_id == venue_id
    )
    return int(connection.execute(query).scalar_one())


def newest(connection: sa.Connection, division: str, venue_id: UUID, limit: int) -> list[Mapping[str, Any]]:
    """The newest entries of a venue."""
    entry = owed_sessions.c
    query = sa.select(owed_sessions).where(entry.division_code == division, entry.venue_id == venue_id)
    return list(connection.execute(query.order_by(entry.id.desc()).limit(limit)).mappings())
