# SPDX-License-Identifier: Apache-2.0
"""How guests checked in, which bookings may be checked in, and which nobody came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.booking.booking import CHECK_IN_OPENS, Booking
from venue.store.presence.presence_tables import check_ins, exemptions
from venue.store.tables import bookings, occupancies, space_atoms, venues

_booking = bookings.c
TAKEN_BACK = ("cancelled", "declined", "lapsed")


@dataclass(frozen=True)
class CheckIn:
    """One act of checking in. ``nonce`` and ``device`` where it was noted offline; ``refused_code`` where it failed."""

    way: str
    happened_at: datetime
    recorded_at: datetime
    booking_id: UUID | None
    device: str | None = None
    nonce: UUID | None = None
    refused_code: str | None = None


@dataclass(frozen=True)
class Coded:
    """A booking found by its pick-up code."""

    booking_id: UUID
    starts_at: datetime


def insert(work: UnitOfWork, one: CheckIn) -> None:
    """Note how guests checked in."""
    work.execute(sa.insert(check_ins).values(_row(work, one)))


def claim(work: UnitOfWork, one: CheckIn) -> bool:
    """Note an offline check-in by its nonce, before it is applied; False where the nonce was noted before.

    Waits for whoever is applying the same nonce at this moment.
    """
    row = {**_row(work, one), "refused_code": one.refused_code or "pending"}
    stored = work.execute(
        pg.insert(check_ins)
        .values(row)
        .on_conflict_do_nothing(constraint="uq_check_ins_nonce")
        .returning(check_ins.c.id)
    )
    return stored.first() is not None


def conclude(work: UnitOfWork, nonce: UUID, booking_id: UUID | None, refused_code: str | None) -> None:
    """Say what became of an offline check-in that was claimed."""
    work.execute(
        sa.update(check_ins)
        .where(check_ins.c.division_code == work.division, check_ins.c.nonce == nonce)
        .values(booking_id=booking_id, refused_code=refused_code)
    )


def of_nonce(work: UnitOfWork, nonce: UUID) -> Mapping[str, Any]:
    """What became of an offline check-in noted before."""
    noted = check_ins.c
    query = sa.select(noted.booking_id, noted.refused_code).where(
        noted.division_code == work.division, noted.nonce == nonce
    )
    return work.execute(query).mappings().one()


def by_codes(work: UnitOfWork, codes: Collection[str]) -> dict[str, list[Coded]]:
    """The bookings with these pick-up codes that were not taken back; a code may come up in several venues."""
    query = sa.select(_booking.pick_up_code, _booking.id, _booking.starts_at).where(
        _booking.division_code == work.division,
        _booking.pick_up_code.in_(list(codes)),
        _booking.state.not_in(TAKEN_BACK),
    )
    found: dict[str, list[Coded]] = {}
    for row in work.execute(query) if codes else ():
        found.setdefault(row.pick_up_code, []).append(Coded(row.id, row.starts_at))
    return found


def grace_minutes(work: UnitOfWork, venue_id: UUID) -> int:
    """How long the venue waits for guests."""
    query = sa.select(venues.c.grace_minutes).where(venues.c.division_code == work.division, venues.c.id == venue_id)
    return work.execute(query).scalar_one()


def released(work: UnitOfWork, booking: Booking) -> Sequence[Any]:
    """What a booking held of its room before it was released: atom, from, until."""
    held, atom = occupancies.c, space_atoms.c
    query = (
        sa.select(held.atom_id, held.starts_at, held.ends_at)
        .distinct()
        .join_from(
            occupancies,
            space_atoms,
            (atom.division_code == held.division_code) & (atom.atom_id == held.atom_id),
        )
        .where(
            held.division_code == work.division,
            held.booking_id == booking.booking_id,
            atom.space_id == booking.space_id,
            held.starts_at <= booking.starts_at,
            held.ends_at >= booking.ends_at,
        )
        .order_by(held.atom_id)
    )
    return work.execute(query).all()


def own_in_space(work: UnitOfWork, person_id: UUID, space_id: UUID, now: datetime) -> UUID | None:
    """The person's booking that may be checked in now at this door: of the room, or of several rooms with it."""
    mine, door = space_atoms.alias("mine").c, space_atoms.alias("door").c
    shares = sa.exists().where(
        mine.division_code == work.division,
        mine.space_id == _booking.space_id,
        door.division_code == work.division,
        door.space_id == space_id,
        mine.atom_id == door.atom_id,
    )
    query = (
        sa.select(_booking.id)
        .where(
            _booking.division_code == work.division,
            _booking.person_id == person_id,
            _booking.state == "confirmed",
            _booking.starts_at <= now + CHECK_IN_OPENS,
            _booking.ends_at > now,
            shares,
        )
        .order_by(_booking.starts_at)
        .limit(1)
    )
    return work.execute(query).scalar_one_or_none()


def nobody_came(work: UnitOfWork, now: datetime, limit: int) -> Sequence[UUID]:
    """Bookings whose grace time is over without a check-in; of people who may come late, those that are over."""
    query = _expected(work, now, _booking.id).where(_waited_until() <= now)
    return list(work.execute(query.order_by(_booking.starts_at, _booking.id).limit(limit)).scalars())


def next_no_shows(work: UnitOfWork, now: datetime, until: datetime) -> Sequence[datetime]:
    """When the next grace times are over, as far as nobody comes."""
    moment = _waited_until()
    query = _expected(work, until, moment.label("moment")).where(moment > now, moment <= until)
    return list(work.execute(query.distinct()).scalars())


def _expected(work: UnitOfWork, begun_by: datetime, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Of the bookings nobody has come to yet, those begun by then: what the partial index serves, and few."""
    return (
        sa.select(*columns)
        .join_from(
            bookings,
            venues,
            (venues.c.division_code == _booking.division_code) & (venues.c.id == _booking.venue_id),
        )
        .where(_booking.division_code == work.division, _booking.state == "confirmed", _booking.starts_at <= begun_by)
    )


def _waited_until() -> sa.ColumnElement[datetime]:
    """Until when a room is kept for its guests: the grace time, for who may come late the whole booking."""
    exempt = exemptions.c
    may_come_late = sa.exists().where(
        exempt.division_code == _booking.division_code,
        exempt.person_id == _booking.person_id,
        exempt.ended_at.is_(None),
        exempt.until_on >= sa.cast(_booking.local_start, sa.Date),
    )
    grace_over = _booking.starts_at + func.make_interval(0, 0, 0, 0, 0, venues.c.grace_minutes)
    return sa.case((may_come_late, _booking.ends_at), else_=func.least(grace_over, _booking.ends_at))


def _row(work: UnitOfWork, one: CheckIn) -> dict[str, Any]:
    return {
        "division_code": work.division,
        "id": uuid7(),
        "booking_id": one.booking_id,
        "way": one.way,
        "device": one.device,
        "nonce": one.nonce,
        "happened_at": one.happened_at,
        "recorded_at": one.recorded_at,
        "recorded_by": work.actor.subject,
        "refused_code": one.refused_code,
    }
