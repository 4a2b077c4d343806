# SPDX-License-Identifier: Apache-2.0
"""Loading and saving rotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page

from venue.domain.sittings.rotas import Official, Rota
from venue.store.sittings.sitting_tables import rotas, sessions
from venue.store.tables import spaces

_PLAIN = tuple(name for name in Rota.__dataclass_fields__ if name not in ("rota_id", "officials"))


def insert(work: UnitOfWork, rota: Rota, now: datetime) -> None:
    """Store a new rota."""
    values = {name: getattr(rota, name) for name in _PLAIN}
    officials = [_told(one) for one in rota.officials]
    work.execute(
        sa.insert(rotas).values(
            division_code=work.division, id=rota.rota_id, officials=officials, created_at=now, **values
        )
    )


def lock(work: UnitOfWork, rota_id: UUID) -> Rota | None:
    """Load a rota, its row locked first: whoever makes its sessions does so alone."""
    query = sa.select(rotas).where(rotas.c.division_code == work.division, rotas.c.id == rota_id).with_for_update()
    row = work.execute(query).mappings().one_or_none()
    return as_rota(row) if row else None


def save_end(work: UnitOfWork, rota: Rota) -> None:
    """Store the last day of a rota and its version."""
    mine = (rotas.c.division_code == work.division) & (rotas.c.id == rota.rota_id)
    work.execute(sa.update(rotas).where(mine).values(version=rota.version, valid_until=rota.valid_until))


def going_on(connection: sa.Connection, division: str, day: date) -> Sequence[UUID]:
    """Which rotas of the community still name days from ``day`` on, in rooms that are in use."""
    rota = rotas.c
    in_use = sa.exists().where(
        spaces.c.division_code == rota.division_code, spaces.c.id == rota.space_id, spaces.c.retired_at.is_(None)
    )
    query = sa.select(rota.id).where(
        rota.division_code == division, sa.or_(rota.valid_until.is_(None), rota.valid_until >= day), in_use
    )
    return connection.execute(query.order_by(rota.id)).scalars().all()


def lie_ahead(work: UnitOfWork, space_id: UUID, now: datetime, today: date) -> bool:
    """Tell whether a rota names days after ``today`` in a room, or a session in it has not ended."""
    rota, session = rotas.c, sessions.c
    planned = sa.exists().where(
        rota.division_code == work.division,
        rota.space_id == space_id,
        sa.or_(rota.valid_until.is_(None), rota.valid_until > today),
    )
    coming = sa.exists().where(
        session.division_code == work.division,
        session.space_id == space_id,
        session.state.in_(("planned", "unplaced")),
        session.ends_at > now,
    )
    return bool(work.execute(sa.select(sa.or_(planned, coming))).scalar_one())


def names_of(work: UnitOfWork, rota: Rota) -> Mapping[str, Any]:
    """What a rota's room is called, in use or not."""
    room = spaces.c
    query = sa.select(room.name_zh, room.name_en).where(room.division_code == work.division, room.id == rota.space_id)
    return work.execute(query).mappings().one()


def page_of(connection: sa.Connection, division: str, kind: str | None, page: Page) -> list[Mapping[str, Any]]:
    """A page of rotas, newest first; one row more than the page holds tells that there is another."""
    rota = rotas.c
    query = (
        sa.select(rotas, spaces.c.name_zh, spaces.c.name_en)
        .join_from(rotas, spaces, (spaces.c.division_code == rota.division_code) & (spaces.c.id == rota.space_id))
        .where(rota.division_code == division, page.clause(rota.id, descending=True))
    )
    if kind is not None:
        query = query.where(rota.kind == kind)
    return list(connection.execute(query.order_by(rota.id.desc()).limit(page.limit + 1)).mappings())


def as_rota(row: Mapping[str, Any]) -> Rota:
    """Build a rota from its row."""
    return Rota(
        rota_id=row["id"],
        officials=tuple(
            Official(
                one["office"],
                one["function_zh"],
                one["function_en"],
                UUID(one["officer_id"]) if one["officer_id"] else None,
            )
            for one in row["officials"]
        ),
        **{name: row[name] for name in _PLAIN},
    )


def _told(one: Official) -> dict[str, str | None]:
    return {**vars(one), "officer_id": str(one.officer_id) if one.officer_id else None}
