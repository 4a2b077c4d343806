# SPDX-License-Identifier: Apache-2.0
"""Equipment for every date of a series: some statements for each kind of it, whatever the number of dates.

Kinds are taken in the order of their ids, as a single booking takes them. The lock on a counted one is had before
anybody is counted, so what then fits in is what the database's own check finds too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from chassis.errors import AppError

from venue.domain.series.series import Equipment
from venue.domain.venues import venue_refusals
from venue.store.booking import occupancies
from venue.store.booking.occupancies import Taking
from venue.store.series.series_tables import series_equipment
from venue.store.tables import atoms
from venue.store.tables import occupancies as occupancy_table
from venue.store.venues.equipment import equipment_holds
from venue.store.venues.venue_settings import equipment

_SHORT = """
    SELECT w.booking_id FROM unnest(%(booking_ids)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
        %(quantities)s::int[]) AS w (booking_id, starts_at, ends_at, quantity)
    WHERE w.quantity + equipment_peak(%(division)s, %(thing)s, w.starts_at, w.ends_at) > %(stock)s"""
_FREE = """
    SELECT w.booking_id, atom.id FROM unnest(%(booking_ids)s::uuid[], %(starts)s::timestamptz[],
        %(ends)s::timestamptz[]) AS w (booking_id, starts_at, ends_at)
    JOIN atoms atom ON atom.division_code = %(division)s AND atom.equipment_id = %(thing)s AND atom.number <= %(stock)s
    WHERE NOT EXISTS (
        SELECT FROM occupancies held WHERE held.division_code = atom.division_code AND held.atom_id = atom.id
            AND held.active AND held.ends_at > w.starts_at AND held.starts_at < w.ends_at)
    ORDER BY w.booking_id, atom.number"""


@dataclass(frozen=True)
class Needed:
    """What one date is to have, and when."""

    booking_id: UUID
    starts_at: datetime
    ends_at: datetime
    equipment: Equipment


Thing = Mapping[str, Any]
Asked = list[tuple[Needed, int]]


def replace(work: UnitOfWork, series_id: UUID, wanted: Equipment) -> None:
    """Store what every date of a series is to have from now on; like ``insert`` once the dates have it."""
    column = series_equipment.c
    work.execute(
        sa.delete(series_equipment).where(column.division_code == work.division, column.series_id == series_id)
    )
    insert(work, series_id, wanted)


def insert(work: UnitOfWork, series_id: UUID, wanted: Equipment) -> None:
    """Store what every date of a new series is to have, once the dates have it.

    Before, the foreign key would share a lock that taking wants alone: two at once would wait for each other for ever.
    """
    rows = [
        {"division_code": work.division, "series_id": series_id, "equipment_id": one, "quantity": quantity}
        for one, quantity in wanted
    ]
    if rows:
        work.execute(sa.insert(series_equipment).values(rows))


def of_bookings(connection: sa.Connection, division: str, booking_ids: Collection[UUID]) -> dict[UUID, Equipment]:
    """What bookings have, numbered and counted, by booking; those without any are missing."""
    atom, busy, ids = atoms.c, occupancy_table.c, list(booking_ids)
    numbered = (
        sa.select(busy.booking_id, atom.equipment_id, sa.cast(sa.func.count(), sa.Integer))
        .join_from(occupancy_table, atoms, (atom.division_code == busy.division_code) & (atom.id == busy.atom_id))
        .where(busy.division_code == division, busy.booking_id.in_(ids), busy.active, atom.kind == "equipment")
        .group_by(busy.booking_id, atom.equipment_id)
    )
    return _by_booking(connection.execute(sa.union_all(_counted(division, ids), numbered))) if ids else {}


def promised(work: UnitOfWork, booking_ids: Collection[UUID]) -> dict[UUID, Equipment]:
    """What bookings were promised of counted equipment, by booking."""
    return _by_booking(work.execute(_counted(work.division, list(booking_ids))))


def _counted(division: str, ids: list[UUID]) -> sa.Select[Any]:
    held = equipment_holds.c
    return sa.select(held.booking_id, held.equipment_id, held.quantity).where(
        held.division_code == division, held.booking_id.in_(ids), held.active
    )


def _by_booking(rows: Iterable[Sequence[Any]]) -> dict[UUID, Equipment]:
    found: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for booking_id, equipment_id, quantity in rows:
        found[booking_id].append((equipment_id, quantity))
    return {booking_id: tuple(sorted(each)) for booking_id, each in found.items()}


def things(connection: sa.Connection, division: str, venue_id: UUID, ids: Iterable[UUID]) -> list[Thing]:
    """Equipment of a venue in the order of the ids. Raises NotFound where one is not the venue's."""
    wanted = set(ids)
    if not wanted:
        return []
    column = equipment.c
    query = sa.select(column.id, column.code, column.counting, column.stock).where(
        column.division_code == division, column.venue_id == venue_id, column.id.in_(wanted)
    )
    found = connection.execute(query.order_by(column.id)).mappings().all()
    if len(found) < len(wanted):
        raise venue_refusals.unknown_equipment()
    return list(found)


def take(work: UnitOfWork, venue_id: UUID, needed: Sequence[Needed]) -> dict[UUID, AppError]:
    """Take equipment for stored bookings; return those that lack some: the caller rolls back then."""
    lacking: dict[UUID, AppError] = {}
    for thing in things(work.connection, work.division, venue_id, _ids(needed)):
        asked = _asked(thing, (one for one in needed if one.booking_id not in lacking))
        short = _promise(work, thing, asked) if thing["counting"] == "counted" else _pick(work, thing, asked)
        lacking |= {booking_id: venue_refusals.equipment_taken(thing["code"]) for booking_id in short}
    return lacking


def lacking_now(work: UnitOfWork, venue_id: UUID, needed: Sequence[Needed]) -> dict[UUID, AppError]:
    """Tell which dates would lack some at this moment; nobody waits for anybody."""
    lacking: dict[UUID, AppError] = {}
    for thing in things(work.connection, work.division, venue_id, _ids(needed)):
        asked = _asked(thing, needed)
        if thing["counting"] == "counted":
            short = _short(work, thing, asked)
        else:
            free = _free(work, thing, asked)
            short = {one.booking_id for one, quantity in asked if len(free[one.booking_id]) < quantity}
        lacking |= {booking_id: venue_refusals.equipment_taken(thing["code"]) for booking_id in short}
    return lacking


def promise_again(work: UnitOfWork, needed: Sequence[Needed]) -> set[UUID]:
    """Promise bookings what they were promised of counted equipment, at other times; return those that lack some."""
    lacking: set[UUID] = set()
    column = equipment.c
    query = sa.select(column.id, column.code, column.counting, column.stock).where(
        column.division_code == work.division, column.id.in_(_ids(needed)), column.counting == "counted"
    )
    for thing in work.execute(query.order_by(column.id)).mappings().all():
        lacking |= _promise(work, thing, _asked(thing, needed))
    return lacking


def _ids(needed: Iterable[Needed]) -> set[UUID]:
    return {equipment_id for one in needed for equipment_id, _quantity in one.equipment}


def _asked(thing: Thing, needed: Iterable[Needed]) -> Asked:
    return [(one, quantity) for one in needed for which, quantity in one.equipment if which == thing["id"]]


def _promise(work: UnitOfWork, thing: Thing, asked: Asked) -> set[UUID]:
    lock = sa.select(equipment.c.stock).where(equipment.c.division_code == work.division, equipment.c.id == thing["id"])
    stock = work.execute(lock.with_for_update()).scalar_one()
    short = _short(work, {**thing, "stock": stock}, asked)
    rows = [
        {
            "division_code": work.division,
            "id": uuid7(),
            "booking_id": one.booking_id,
            "equipment_id": thing["id"],
            "quantity": quantity,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "active": True,
        }
        for one, quantity in asked
        if one.booking_id not in short
    ]
    if rows:
        work.execute(sa.insert(equipment_holds).values(rows))
    return short


def _short(work: UnitOfWork, thing: Thing, asked: Asked) -> set[UUID]:
    told = {**_told(work, thing, asked), "quantities": [quantity for _, quantity in asked]}
    return {row[0] for row in work.driver.execute(_SHORT, told).fetchall()}


def _pick(work: UnitOfWork, thing: Thing, asked: Asked) -> set[UUID]:
    """Take the lowest free numbers; those lost to somebody faster are replaced as long as there are others."""
    short: set[UUID] = set()
    lost: set[tuple[UUID, UUID]] = set()
    while asked:
        free = _free(work, thing, asked)
        takings: list[Taking] = []
        for one, quantity in asked:
            chosen = [atom for atom in free[one.booking_id] if (one.booking_id, atom) not in lost][:quantity]
            if len(chosen) < quantity:
                short.add(one.booking_id)
            else:
                takings += [Taking(atom, one.starts_at, one.ends_at, booking_id=one.booking_id) for atom in chosen]
        missed = occupancies.take_free(work, takings)
        lost |= {(one.booking_id, one.atom_id) for one in missed if one.booking_id}
        still = defaultdict(int)
        for one in missed:
            still[one.booking_id] += 1
        asked = [(one, still[one.booking_id]) for one, _ in asked if still[one.booking_id]]
    return short


def _free(work: UnitOfWork, thing: Thing, asked: Asked) -> dict[UUID, list[UUID]]:
    free: dict[UUID, list[UUID]] = defaultdict(list)
    for booking_id, atom_id in work.driver.execute(_FREE, _told(work, thing, asked)).fetchall():
        free[booking_id].append(atom_id)
    return free


def _told(work: UnitOfWork, thing: Thing, asked: Asked) -> dict[str, Any]:
    return {
        "division": work.division,
        "thing": thing["id"],
        "stock": thing["stock"],
        "booking_ids": [one.booking_id for one, _ in asked],
        "starts": [one.starts_at for one, _ in asked],
        "ends": [one.ends_at for one, _ in asked],
    }
