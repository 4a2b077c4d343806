# SPDX-License-Identifier: Apache-2.0
"""Holds and requests that have run out: their atoms are free again, and what they used of a quota is given back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.store import person_lock
from venue.store.booking import quota_uses
from venue.store.booking.freeing import Freed, give_back, release_equipment_of
from venue.store.tables import bookings, occupancies
from venue.store.waiting.waiting_tables import waiting_entries


@dataclass(frozen=True)
class Lapsed:
    """A hold nobody confirmed in time, with what it held."""

    booking_id: UUID
    venue_id: UUID
    space_id: UUID
    freed: tuple[Freed, ...]


def open_holds(work: UnitOfWork, person_id: UUID, now: datetime) -> int:
    """Count a person's holds that have not run out, letting nobody else add one until this transaction ends."""
    person_lock.take(work, person_id)
    return count_open(work.connection, work.division, person_id, now)


def count_open(connection: sa.Connection, division: str, person_id: UUID, now: datetime) -> int:
    """Count a person's holds that have not run out; what the waiting list offers was not of their making."""
    booking, waits = bookings.c, waiting_entries.c
    offered = sa.select(waits.id).where(
        waits.division_code == booking.division_code, waits.offer_booking_id == booking.id
    )
    query = sa.select(sa.func.count()).where(
        booking.division_code == division,
        booking.person_id == person_id,
        booking.state == "held",
        booking.hold_expires_at > now,
        ~sa.exists(offered),
    )
    return connection.execute(query).scalar_one()


def lapse_due(work: UnitOfWork, now: datetime) -> list[Lapsed]:
    """End every hold of the community that has run out; waits for whoever is confirming one."""
    return _lapse(work, _run_out(work, now).with_for_update(key_share=True))


def lapse_in_the_way(
    work: UnitOfWork, atom_ids: Collection[UUID], starts_at: datetime, ends_at: datetime, now: datetime
) -> list[Lapsed]:
    """End the holds of these atoms that have run out.

    One whose row another transaction has locked is left to it: waiting here, with atoms in hand, could be a deadlock.
    """
    held = occupancies.c
    in_the_way = sa.select(held.booking_id).where(
        held.division_code == work.division,
        held.active,
        held.kind == "hold",
        held.atom_id.in_(list(atom_ids)),
        held.ends_at > starts_at,
        held.starts_at < ends_at,
        held.hold_expires_at <= now,
    )
    query = _run_out(work, now).where(bookings.c.id.in_(in_the_way))
    return _lapse(work, query.with_for_update(skip_locked=True, key_share=True))


def lapse_requests(work: UnitOfWork, now: datetime) -> list[UUID]:
    """End every request of the community that nobody decided before its time began; return their bookings."""
    booking = bookings.c
    undecided = (
        sa.select(booking.id, booking.venue_id, booking.space_id)
        .where(booking.division_code == work.division, booking.state == "requested", booking.starts_at <= now)
        .order_by(booking.id)
    )
    return [one.booking_id for one in _lapse(work, undecided.with_for_update(key_share=True))]


def _run_out(work: UnitOfWork, now: datetime) -> sa.Select[Any]:
    booking = bookings.c
    return (
        sa.select(booking.id, booking.venue_id, booking.space_id)
        .where(booking.division_code == work.division, booking.state == "held", booking.hold_expires_at <= now)
        .order_by(booking.id)
    )


def _lapse(work: UnitOfWork, query: sa.Select[Any]) -> list[Lapsed]:
    found = work.execute(query).all()
    if not found:
        return []
    booking, ids = bookings.c, [row.id for row in found]
    work.execute(
        sa.update(bookings)
        .where(booking.division_code == work.division, booking.id.in_(ids))
        .values(state="lapsed", version=booking.version + 1, hold_expires_at=None)
    )
    freed = give_back(work, occupancies.c.booking_id.in_(ids))
    release_equipment_of(work, ids)
    quota_uses.give_back(work, ids)
    for booking_id in ids:
        work.audit("booking.lapsed", "booking", booking_id)
    return [
        Lapsed(row.id, row.venue_id, row.space_id, tuple(one for one in freed if one.booking_id == row.id))
        for row in found
    ]
