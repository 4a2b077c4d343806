# SPDX-License-Identifier: Apache-2.0
"""Writing spaces and their atoms. That a part lies within its whole is checked by the database, at once on request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.exc import IntegrityError

from venue.domain.venues import venue_refusals
from venue.store.booking.bookings import LIVE
from venue.store.tables import atoms, bookings, occupancies, prices, space_atoms, spaces
from venue.store.waiting.waiting_tables import waiting_entries


def lock(work: UnitOfWork, venue_id: UUID, space_id: UUID) -> Mapping[str, Any] | None:
    """Load a space, retired or not, and wait for bookings of it that are being written."""
    mine = (spaces.c.division_code == work.division) & (spaces.c.id == space_id) & (spaces.c.venue_id == venue_id)
    return work.execute(sa.select(spaces).where(mine).with_for_update()).mappings().one_or_none()


def venue_of(work: UnitOfWork, space_id: UUID) -> UUID | None:
    """Which venue a space belongs to; it never moves."""
    mine = (spaces.c.division_code == work.division) & (spaces.c.id == space_id)
    return work.execute(sa.select(spaces.c.venue_id).where(mine)).scalar_one_or_none()


def next_position(work: UnitOfWork, venue_id: UUID) -> int:
    """The place after the last space."""
    last = sa.select(sa.func.max(spaces.c.position)).where(
        spaces.c.division_code == work.division, spaces.c.venue_id == venue_id
    )
    return (work.execute(last).scalar() or 0) + 1


def code_is_used(work: UnitOfWork, venue_id: UUID, code: str) -> bool:
    """Tell whether the venue has, or had, a space of that code."""
    query = sa.select(spaces.c.id).where(
        spaces.c.division_code == work.division, spaces.c.venue_id == venue_id, spaces.c.code == code
    )
    return work.execute(query).first() is not None


def insert(work: UnitOfWork, row: Mapping[str, Any], atom_ids: Collection[UUID]) -> None:
    """Store a space with its atoms."""
    work.execute(sa.insert(spaces).values(division_code=work.division, **row))
    add_atoms(work, [(row["id"], atom_id) for atom_id in atom_ids])


def update(work: UnitOfWork, space_id: UUID, values: Mapping[str, Any]) -> None:
    """Change columns of a space."""
    mine = (spaces.c.division_code == work.division) & (spaces.c.id == space_id)
    work.execute(sa.update(spaces).where(mine).values(version=spaces.c.version + 1, **values))


def atoms_by_code(work: UnitOfWork, venue_id: UUID) -> dict[str, UUID]:
    """The room atoms of a venue."""
    atom = atoms.c
    query = sa.select(atom.code, atom.id).where(
        atom.division_code == work.division, atom.venue_id == venue_id, atom.kind == "room"
    )
    return {code: atom_id for code, atom_id in work.execute(query)}


def insert_atoms(work: UnitOfWork, venue_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store atoms."""
    if rows:
        work.execute(sa.insert(atoms), [{"division_code": work.division, "venue_id": venue_id, **row} for row in rows])


def add_atoms(work: UnitOfWork, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Let spaces take further atoms: (space, atom) pairs."""
    if pairs:
        rows = [{"division_code": work.division, "space_id": space, "atom_id": atom} for space, atom in pairs]
        work.execute(sa.insert(space_atoms), rows)


def containing(work: UnitOfWork, venue_id: UUID, space_id: UUID) -> list[UUID]:
    """The space itself and every space that takes all of its atoms: those it is part of, whatever the tree says."""
    other, mine = space_atoms.alias("other"), space_atoms.alias("mine")
    takes = sa.exists().where(
        other.c.division_code == work.division, other.c.space_id == spaces.c.id, other.c.atom_id == mine.c.atom_id
    )
    lacks = sa.exists().where(
        mine.c.division_code == work.division, mine.c.space_id == space_id, ~takes.correlate(spaces, mine)
    )
    query = (
        sa.select(spaces.c.id)
        .where(spaces.c.division_code == work.division, spaces.c.venue_id == venue_id, ~lacks.correlate(spaces))
        .order_by(spaces.c.id)
    )
    return list(work.execute(query).scalars())


def insert_prices(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store versions of prices."""
    if rows:
        work.execute(sa.insert(prices), [{"division_code": work.division, **row} for row in rows])


def bookings_ahead(work: UnitOfWork, space_ids: Collection[UUID], now: datetime) -> list[tuple[str, str]]:
    """Pick-up code and kind of the live bookings of these spaces that are not over, earliest first.

    A kind is ``requests`` (not decided yet), ``offers`` (held for somebody of the waiting list) or ``bookings``.
    """
    booking, entry = bookings.c, waiting_entries.c
    offered = sa.exists().where(
        entry.division_code == booking.division_code, entry.offer_booking_id == booking.id, entry.state == "offered"
    )
    kind = sa.case((booking.state == "requested", "requests"), (offered, "offers"), else_="bookings")
    query = sa.select(booking.pick_up_code, kind).where(
        booking.division_code == work.division,
        booking.space_id.in_(list(space_ids)),
        booking.ends_at > now,
        sa.text(f"bookings.{LIVE}"),
    )
    return [(code, of_kind) for code, of_kind in work.execute(query.order_by(booking.starts_at, booking.id))]


def held_ahead(work: UnitOfWork, space_ids: Collection[UUID], now: datetime) -> bool:
    """Tell whether anything at all holds an atom of these spaces from now on."""
    held, part = occupancies.c, space_atoms.c
    taken = sa.select(part.atom_id).where(part.division_code == work.division, part.space_id.in_(list(space_ids)))
    query = sa.select(held.atom_id).where(
        held.division_code == work.division, held.atom_id.in_(taken), held.active, held.ends_at > now
    )
    return work.execute(query.limit(1)).first() is not None


def has_parts(work: UnitOfWork, space_id: UUID) -> bool:
    """Tell whether spaces in use are part of this one."""
    query = sa.select(spaces.c.id).where(
        spaces.c.division_code == work.division, spaces.c.parent_id == space_id, spaces.c.retired_at.is_(None)
    )
    return work.execute(query.limit(1)).first() is not None


def check_tree(work: UnitOfWork) -> None:
    """Have the database check now, not at commit, that parts lie within their wholes. Raises Unprocessable."""
    try:
        work.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        work.connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError:
        raise venue_refusals.outside_its_parent() from None
