# SPDX-License-Identifier: Apache-2.0
"""Door displays and the secrets their codes are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from sqlalchemy.dialects import postgresql as pg

from venue.store.presence.presence_tables import door_displays, door_secrets
from venue.store.tables import spaces, venues

_display, _secret = door_displays.c, door_secrets.c


def secret_of(connection: sa.Connection, division: str, venue_id: UUID) -> bytes | None:
    """The venue's secret; None before its first display."""
    query = sa.select(_secret.secret).where(_secret.division_code == division, _secret.venue_id == venue_id)
    return connection.execute(query).scalar_one_or_none()


def keep_secret(work: UnitOfWork, venue_id: UUID, secret: bytes, now: datetime, *, replace: bool) -> None:
    """Give a venue its first secret, or a new one."""
    row = {"division_code": work.division, "venue_id": venue_id, "secret": secret, "rotated_at": now}
    statement = pg.insert(door_secrets).values(row)
    if replace:
        new = {"secret": statement.excluded.secret, "rotated_at": statement.excluded.rotated_at}
        work.execute(statement.on_conflict_do_update(constraint="pk_door_secrets", set_=new))
    else:
        work.execute(statement.on_conflict_do_nothing())


def insert_display(
    work: UnitOfWork, space_id: UUID, venue_id: UUID, label: str | None, token_sha256: bytes, now: datetime
) -> UUID:
    """Store a display; its address is not stored."""
    display_id = uuid7()
    work.execute(
        sa.insert(door_displays).values(
            division_code=work.division,
            id=display_id,
            version=1,
            venue_id=venue_id,
            space_id=space_id,
            label=label,
            token_sha256=token_sha256,
            created_at=now,
            created_by=work.actor.subject,
        )
    )
    return display_id


def lock_display(work: UnitOfWork, display_id: UUID) -> Mapping[str, Any] | None:
    """Load a display for a change."""
    query = sa.select(door_displays).where(_display.division_code == work.division, _display.id == display_id)
    return work.execute(query.with_for_update()).mappings().one_or_none()


def revoke(work: UnitOfWork, display_id: UUID, now: datetime) -> None:
    """Turn a display off."""
    work.execute(
        sa.update(door_displays)
        .where(_display.division_code == work.division, _display.id == display_id)
        .values(revoked_at=now, version=_display.version + 1)
    )


def by_token(connection: sa.Connection, division: str, token_sha256: bytes) -> UUID | None:
    """The room of a display that is in use."""
    query = sa.select(_display.space_id).where(
        _display.division_code == division, _display.token_sha256 == token_sha256, _display.revoked_at.is_(None)
    )
    return connection.execute(query).scalar_one_or_none()


def page(connection: sa.Connection, division: str, page: Page) -> list[Mapping[str, Any]]:
    """A page of displays with their rooms, latest first."""
    key = (_display.created_at, _display.id)
    query = (
        _shown(division)
        .where(page.clause(*key, descending=True))
        .order_by(*(column.desc() for column in key))
        .limit(page.limit + 1)
    )
    return list(connection.execute(query).mappings())


def one(connection: sa.Connection, division: str, display_id: UUID) -> Mapping[str, Any]:
    """A display as staff see it."""
    return connection.execute(_shown(division).where(_display.id == display_id)).mappings().one()


def _shown(division: str) -> sa.Select[Any]:
    room = sa.and_(spaces.c.division_code == _display.division_code, spaces.c.id == _display.space_id)
    house = sa.and_(venues.c.division_code == _display.division_code, venues.c.id == _display.venue_id)
    return (
        sa.select(door_displays, spaces.c.name_zh, spaces.c.name_en, venues.c.tz)
        .join_from(door_displays, spaces, room)
        .join(venues, house)
        .where(_display.division_code == division)
    )
