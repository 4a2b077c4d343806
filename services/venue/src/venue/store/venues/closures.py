# SPDX-License-Identifier: Apache-2.0
"""Closures and what stands in their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page

from venue.store.tables import INSTANT, atoms, bookings, column, occupancies, space_atoms, spaces, table, venues

closures = table(
    "closures", column("id", sa.Uuid), column("version", sa.Integer), column("venue_id", sa.Uuid),
    column("space_id", sa.Uuid), column("starts_at", INSTANT), column("ends_at", INSTANT), column("reason_zh"),
    column("reason_en"), column("created_at", INSTANT), column("ended_at", INSTANT),
)  # fmt: skip


def place(work: UnitOfWork, venue_id: UUID, space_id: UUID | None) -> Mapping[str, Any] | None:
    """The zone of a venue and the atoms to close, sorted: a space's own, or every room's. None: no such place.

    The venue stays as it is until commit, so that a room divided meanwhile is not closed by half.
    """
    atom = atoms.c
    zone = work.execute(
        sa.select(venues.c.tz)
        .where(venues.c.division_code == work.division, venues.c.id == venue_id)
        .with_for_update(read=True, key_share=True)
    ).scalar_one_or_none()
    query = sa.select(atom.id).where(atom.division_code == work.division, atom.venue_id == venue_id)
    if space_id is None:
        query = query.where(atom.kind == "room")
    else:
        of_space = sa.select(space_atoms.c.atom_id).join_from(
            spaces,
            space_atoms,
            (space_atoms.c.division_code == spaces.c.division_code) & (space_atoms.c.space_id == spaces.c.id),
        )
        query = query.where(
            atom.id.in_(
                of_space.where(
                    spaces.c.division_code == work.division,
                    spaces.c.id == space_id,
                    spaces.c.venue_id == venue_id,
                    spaces.c.retired_at.is_(None),
                )
            )
        )
    found = list(work.execute(query.order_by(atom.id)).scalars())
    return {"tz": zone, "atom_ids": found} if zone and found else None


def bookings_in_the_way(
    work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> list[Mapping[str, Any]]:
    """The bookings that hold any of these atoms in that time, earliest first."""
    held, booking = occupancies.c, bookings.c
    query = (
        sa.select(
            booking.id,
            booking.pick_up_code,
            booking.state,
            booking.starts_at,
            booking.series_id,
            booking.occurrence_date,
        )
        .distinct()
        .join_from(
            occupancies, bookings, (booking.division_code == held.division_code) & (booking.id == held.booking_id)
        )
        .where(*_overlapping(work, atom_ids, starts_at, ends_at))
        .order_by(booking.starts_at, booking.id)
    )
    return list(work.execute(query).mappings())


def others_in_the_way(work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a closure or a session holds any of these atoms in that time."""
    query = sa.select(occupancies.c.atom_id).where(
        *_overlapping(work, atom_ids, starts_at, ends_at), occupancies.c.booking_id.is_(None)
    )
    return work.execute(query.limit(1)).first() is not None


def _overlapping(
    work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> list[sa.ColumnElement[bool]]:
    held = occupancies.c
    return [
        held.division_code == work.division,
        held.atom_id.in_(atom_ids),
        held.active,
        held.ends_at > starts_at,
        held.starts_at < ends_at,
    ]


def insert(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Store a closure; what it closes is taken through ``occupancies.take_free``."""
    work.execute(sa.insert(closures).values(division_code=work.division, version=1, **row))


def lock(work: UnitOfWork, closure_id: UUID) -> Mapping[str, Any] | None:
    """Load a closure for a change."""
    mine = (closures.c.division_code == work.division) & (closures.c.id == closure_id)
    return work.execute(sa.select(closures).where(mine).with_for_update()).mappings().one_or_none()


def end(work: UnitOfWork, closure_id: UUID, now: datetime) -> None:
    """Note that a locked closure is over before its time."""
    mine = (closures.c.division_code == work.division) & (closures.c.id == closure_id)
    work.execute(sa.update(closures).where(mine).values(ended_at=now, version=closures.c.version + 1))


def shown(connection: sa.Connection, division: str, closure_id: UUID) -> Mapping[str, Any]:
    """One closure as callers see it."""
    return connection.execute(_shown(division).where(closures.c.id == closure_id)).mappings().one()


def page(
    connection: sa.Connection, division: str, venue_id: UUID, page: Page, *, since: datetime | None
) -> list[Mapping[str, Any]]:
    """A page of a venue's closures by their end; ``since`` leaves out what was over or ended by then."""
    key = (closures.c.ends_at, closures.c.id)
    query = _shown(division).where(closures.c.venue_id == venue_id, page.clause(*key))
    if since is not None:
        query = query.where(closures.c.ends_at > since, closures.c.ended_at.is_(None))
    return list(connection.execute(query.order_by(*key).limit(page.limit + 1)).mappings())


def _shown(division: str) -> sa.Select[Any]:
    return (
        sa.select(closures, venues.c.tz, spaces.c.name_zh, spaces.c.name_en)
        .join_from(
            closures,
            venues,
            (venues.c.division_code == closures.c.division_code) & (venues.c.id == closures.c.venue_id),
        )
        .outerjoin(spaces, (spaces.c.division_code == closures.c.division_code) & (spaces.c.id == closures.c.space_id))
        .where(closures.c.division_code == division)
    )
