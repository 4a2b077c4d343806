# SPDX-License-Identifier: Apache-2.0
"""What the public reads of a venue, replaced in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import published_spaces, published_venues
from venue.store.venues.venue_settings import venue_photos


def publish(
    work: UnitOfWork,
    venue_id: UUID,
    version: int,
    profile: Mapping[str, Any],
    now: datetime,
    atoms_of: Mapping[UUID, Sequence[UUID]],
) -> None:
    """Let anyone read this version of the venue, and tell which atoms make which room busy."""
    here = {"division_code": work.division, "venue_id": venue_id}
    told = {"profile": profile, "published_at": now, "version": version}
    insert = pg.insert(published_venues).values({**here, **told})
    work.execute(insert.on_conflict_do_update(constraint="pk_published_venues", set_=told))
    shown = published_spaces.c
    work.execute(
        sa.delete(published_spaces).where(
            shown.division_code == work.division, shown.venue_id == venue_id, shown.space_id.not_in(list(atoms_of))
        )
    )
    rows = [{**here, "space_id": space_id, "atom_ids": list(ids)} for space_id, ids in atoms_of.items()]
    if rows:
        spaces = pg.insert(published_spaces)
        changed = {"atom_ids": spaces.excluded.atom_ids}
        work.execute(spaces.on_conflict_do_update(constraint="pk_published_spaces", set_=changed), rows)


def photo(connection: sa.Connection, division: str, photo_id: UUID) -> Mapping[str, Any] | None:
    """A published photo with its bytes."""
    mine = (venue_photos.c.division_code == division) & (venue_photos.c.id == photo_id)
    return connection.execute(sa.select(venue_photos).where(mine)).mappings().one_or_none()


def add_photo(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Publish a photo."""
    work.execute(sa.insert(venue_photos).values(division_code=work.division, **row))


def remove_photo(work: UnitOfWork, venue_id: UUID, photo_id: UUID) -> bool:
    """Take a photo down; tell whether there was one."""
    shown = venue_photos.c
    mine = (shown.division_code == work.division) & (shown.venue_id == venue_id) & (shown.id == photo_id)
    return work.execute(sa.delete(venue_photos).where(mine)).rowcount == 1
