# SPDX-License-Identifier: Apache-2.0
"""Equipment: stock, and what bookings take of it.

Numbered items are atoms and are held like rooms. Counted ones are promised by quantity; the trigger of revision 0005
locks the equipment's row and adds up the peak, so two who want the last table wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.exc import IntegrityError

from venue.domain.booking.booking import Booking
from venue.domain.venues import venue_refusals
from venue.store.booking import occupancies as atoms_held
from venue.store.booking.occupancies import Taking
from venue.store.tables import INSTANT, atoms, column, occupancies, table
from venue.store.venues.venue_settings import equipment

equipment_holds = table(
    "equipment_holds", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("equipment_id", sa.Uuid),
    column("quantity", sa.Integer), column("starts_at", INSTANT), column("ends_at", INSTANT),
    column("active", sa.Boolean),
)  # fmt: skip


@dataclass(frozen=True)
class EquipmentWish:
    """So many of an equipment."""

    equipment_id: UUID
    quantity: int


def take_equipment(
    work: UnitOfWork,
    booking_id: UUID,
    venue_id: UUID,
    wishes: Sequence[EquipmentWish],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    *,
    hold_expires_at: datetime | None = None,
) -> None:
    """Take equipment for a stored booking. Raises NotFound, or Conflict ``equipment_taken``: then nothing may be kept.

    What ``occupancies.release`` does for rooms it does for numbered items too; ``release_equipment`` for the rest.
    """
    for wish in sorted(wishes, key=lambda one: one.equipment_id):
        thing = _of_venue(work, venue_id, wish.equipment_id)
        if thing["counting"] == "counted":
            _promise(work, booking_id, thing, wish.quantity, starts_at, ends_at)
        else:
            _pick(work, booking_id, thing, wish.quantity, (starts_at, ends_at), now, hold_expires_at)


def release_equipment(work: UnitOfWork, booking_id: UUID) -> None:
    """Give back what a booking was promised of counted equipment."""
    held = equipment_holds.c
    mine = (held.division_code == work.division) & (held.booking_id == booking_id) & held.active
    work.execute(sa.update(equipment_holds).where(mine).values(active=False))


def was_wanted(work: UnitOfWork, booking_id: UUID) -> bool:
    """Tell whether a booking ever had equipment, numbered or counted."""
    held, atom, busy = equipment_holds.c, atoms.c, occupancies.c
    counted = sa.exists().where(held.division_code == work.division, held.booking_id == booking_id)
    numbered = sa.exists().where(
        busy.division_code == work.division,
        busy.booking_id == booking_id,
        atom.division_code == busy.division_code,
        atom.id == busy.atom_id,
        atom.kind == "equipment",
    )
    return bool(work.execute(sa.select(sa.or_(counted, numbered))).scalar_one())


def taken_by(connection: sa.Connection, division: str, booking_id: UUID) -> list[dict[str, Any]]:
    """What a booking has of each equipment: (equipment_id, quantity)."""
    held, atom, busy = equipment_holds.c, atoms.c, occupancies.c
    counted = sa.select(held.equipment_id, held.quantity).where(
        held.division_code == division, held.booking_id == booking_id, held.active
    )
    numbered = (
        sa.select(atom.equipment_id, sa.cast(sa.func.count(), sa.Integer))
        .join_from(occupancies, atoms, (atom.division_code == busy.division_code) & (atom.id == busy.atom_id))
        .where(busy.division_code == division, busy.booking_id == booking_id, busy.active, atom.kind == "equipment")
        .group_by(atom.equipment_id)
    )
    rows = connection.execute(sa.union_all(counted, numbered))
    return [{"equipment_id": row[0], "quantity": row[1]} for row in rows]


def had_before(connection: sa.Connection, division: str, booking: Booking) -> list[EquipmentWish]:
    """What a released booking had of each equipment, for as long as it was to last."""
    held, atom, busy = equipment_holds.c, atoms.c, occupancies.c
    counted = (
        sa.select(held.equipment_id, held.quantity)
        .ext(pg.distinct_on(held.equipment_id))
        .where(
            held.division_code == division,
            held.booking_id == booking.booking_id,
            held.starts_at == booking.starts_at,
            held.ends_at == booking.ends_at,
        )
        .order_by(held.equipment_id, held.id.desc())  # the last time, where it moved away and back
    )
    numbered = (
        sa.select(atom.equipment_id, sa.cast(sa.func.count(atom.id.distinct()), sa.Integer))
        .join_from(occupancies, atoms, (atom.division_code == busy.division_code) & (atom.id == busy.atom_id))
        .where(
            busy.division_code == division,
            busy.booking_id == booking.booking_id,
            busy.starts_at == booking.starts_at,
            busy.ends_at == booking.ends_at,
            atom.kind == "equipment",
        )
        .group_by(atom.equipment_id)
    )
    return [EquipmentWish(*row) for one in (counted, numbered) for row in connection.execute(one)]


def _of_venue(work: UnitOfWork, venue_id: UUID, equipment_id: UUID) -> Mapping[str, Any]:
    query = sa.select(equipment).where(
        equipment.c.division_code == work.division,
        equipment.c.venue_id == venue_id,
        equipment.c.id == equipment_id,
    )
    row = work.execute(query).mappings().one_or_none()
    if row is None:
        raise venue_refusals.unknown_equipment()
    return row


def _promise(
    work: UnitOfWork, booking_id: UUID, thing: Mapping[str, Any], quantity: int, starts_at: datetime, ends_at: datetime
) -> None:
    row = {
        "id": uuid7(),
        "booking_id": booking_id,
        "equipment_id": thing["id"],
        "quantity": quantity,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "active": True,
    }
    try:
        with work.savepoint():
            work.execute(sa.insert(equipment_holds).values(division_code=work.division, **row))
    except IntegrityError as error:
        if "ck_equipment_holds_within_stock" in _constraint(error):
            raise venue_refusals.equipment_taken(thing["code"]) from None
        raise


def _pick(
    work: UnitOfWork,
    booking_id: UUID,
    thing: Mapping[str, Any],
    quantity: int,
    during: tuple[datetime, datetime],
    now: datetime,
    hold_expires_at: datetime | None,
) -> None:
    """Take the lowest free numbers; numbers lost to somebody faster are replaced as long as there are others."""
    lost: set[UUID] = set()
    while quantity > 0:
        free = _free_items(work, thing, during, lost)[:quantity]
        if len(free) < quantity:
            raise venue_refusals.equipment_taken(thing["code"])
        missed = atoms_held.take_free(
            work,
            [Taking(atom, *during, booking_id=booking_id, hold_expires_at=hold_expires_at) for atom in sorted(free)],
        )
        lost |= {one.atom_id for one in missed}
        quantity = len(missed)


def _free_items(
    work: UnitOfWork, thing: Mapping[str, Any], during: tuple[datetime, datetime], lost: set[UUID]
) -> list[UUID]:
    atom, held = atoms.c, occupancies.c
    taken = (
        sa.exists()
        .where(
            held.division_code == atom.division_code,
            held.atom_id == atom.id,
            held.active,
            held.ends_at > during[0],
            held.starts_at < during[1],
        )
        .correlate(atoms)
    )
    query = (
        sa.select(atom.id)
        .where(
            atom.division_code == work.division,
            atom.equipment_id == thing["id"],
            atom.number <= thing["stock"],
            ~taken,
        )
        .order_by(atom.number)
    )
    return [one for one in work.execute(query).scalars() if one not in lost]


def lock(work: UnitOfWork, equipment_id: UUID) -> Mapping[str, Any] | None:
    """Load an equipment for a change of its stock."""
    mine = (equipment.c.division_code == work.division) & (equipment.c.id == equipment_id)
    return work.execute(sa.select(equipment).where(mine).with_for_update()).mappings().one_or_none()


def insert(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Store an equipment. Raises Conflict where its code is used."""
    try:
        with work.savepoint():
            work.execute(sa.insert(equipment).values(division_code=work.division, version=1, **row))
    except IntegrityError as error:
        if "uq_equipment_code" in _constraint(error):
            raise venue_refusals.code_taken(row["code"]) from None
        raise


def update(work: UnitOfWork, equipment_id: UUID, values: Mapping[str, Any]) -> None:
    """Change an equipment. Raises Conflict where bookings ahead rely on more than the new stock."""
    mine = (equipment.c.division_code == work.division) & (equipment.c.id == equipment_id)
    try:
        with work.savepoint():
            work.execute(sa.update(equipment).where(mine).values(version=equipment.c.version + 1, **values))
    except IntegrityError as error:
        if "ck_equipment_stock_keeps_promises" in _constraint(error):
            raise venue_refusals.equipment_promised() from None
        raise


def highest_number(work: UnitOfWork, equipment_id: UUID) -> int:
    """The last number given to an item of this equipment."""
    query = sa.select(sa.func.max(atoms.c.number)).where(
        atoms.c.division_code == work.division, atoms.c.equipment_id == equipment_id
    )
    return work.execute(query).scalar() or 0


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
