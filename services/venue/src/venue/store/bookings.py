# SPDX-License-Identifier: Apache-2.0
"""Writing bookings and what they hold. The write path is house law: see the service's README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import Compiled, UnitOfWork
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.booking import Booking, Settlement
from venue.store.tables import bookings, occupancies, published_busy_times, reversals, settlements

_NEW = (
    "division_code", "id", "state", "version", "venue_id", "space_id", "person_id", "booked_by", "channel",
    "on_behalf_reason", "starts_at", "ends_at", "local_start", "local_end", "tz", "regime_code", "price_version",
    "price_fen_per_hour", "price_fen", "pick_up_code", "purpose", "party_size", "created_at",
)  # fmt: skip


def _booking_statement() -> sa.Select[Any]:
    """One statement, and in it one insert for all atoms, in one order for all writers.

    So nobody deadlocks and the constraint alone decides who wins. The public's busy rows come from what was taken.
    """
    booked = (
        pg.insert(bookings)
        .values({name: sa.bindparam(name) for name in _NEW})
        .on_conflict_do_nothing(
            index_elements=[bookings.c.division_code, bookings.c.venue_id, bookings.c.pick_up_code],
            index_where=sa.text(LIVE),
        )
        .returning(bookings.c.division_code, bookings.c.id, bookings.c.starts_at, bookings.c.ends_at)
        .cte("booked")
    )
    atom_id = func.unnest(sa.bindparam("atom_ids", type_=pg.ARRAY(sa.Uuid))).column_valued("atom_id")
    during = func.tstzrange(booked.c.starts_at, booked.c.ends_at, sa.literal_column("'[)'"))
    taken = (
        pg.insert(occupancies)
        .from_select(
            ["division_code", "atom_id", "booking_id", "during"],
            sa.select(booked.c.division_code, atom_id, booked.c.id, during).order_by(atom_id),
        )
        .on_conflict_do_nothing(constraint="ex_occupancies_held_once")
        .returning(*(occupancies.c[name] for name in _BUSY))
        .cte("taken")
    )
    published = pg.insert(published_busy_times).from_select(_BUSY, sa.select(taken)).cte("published")
    counts = [sa.select(func.count()).select_from(one).scalar_subquery().label(one.name) for one in (booked, taken)]
    return sa.select(*counts).add_cte(published)


# Word for word the predicate of uq_bookings_pick_up_code.
LIVE = "state NOT IN ('cancelled', 'declined', 'lapsed', 'no_show')"
_BUSY = ["division_code", "atom_id", "starts_at", "ends_at"]
_BOOK = Compiled(_booking_statement())


class CodeTaken(Exception):
    """Another live booking of the venue has drawn the same pick-up code; nothing was stored."""


def insert_and_hold(work: UnitOfWork, values: Mapping[str, Any], atom_ids: Sequence[UUID]) -> bool:
    """Store a booking, take every atom for its time and tell the public.

    False when any atom was taken: the caller must roll back. Raises CodeTaken.
    """
    (counts,) = work.execute_compiled(_BOOK, {**values, "division_code": work.division, "atom_ids": list(atom_ids)})
    if not counts["booked"]:
        raise CodeTaken
    return counts["taken"] == len(atom_ids)


def release(work: UnitOfWork, booking_id: UUID) -> None:
    """Give back what a booking holds, to the public too."""
    held = occupancies.c
    freed = work.execute(
        sa.update(occupancies)
        .where(held.division_code == work.division, held.booking_id == booking_id, held.active)
        .values(active=False)
        .returning(held.atom_id, held.ends_at)
    ).all()
    shown = published_busy_times.c
    work.execute(
        sa.delete(published_busy_times).where(
            shown.division_code == work.division,
            sa.tuple_(shown.atom_id, shown.ends_at).in_([(row.atom_id, row.ends_at) for row in freed]),
        )
    )


def lock(work: UnitOfWork, booking_id: UUID) -> Booking | None:
    """Load a booking for a change, its row locked first, so that versions and events keep one order."""
    booking = bookings.c
    row = work.execute(
        sa.select(bookings).where(booking.division_code == work.division, booking.id == booking_id).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    return Booking(
        booking_id=row.id,
        version=row.version,
        state=row.state,
        venue_id=row.venue_id,
        space_id=row.space_id,
        person_id=row.person_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        tz=row.tz,
        regime=row.regime_code,
        price_fen=row.price_fen,
        settlement=_latest_settlement(work, booking_id),
        cancelled_at=row.cancelled_at,
        checked_in_at=row.checked_in_at,
        checked_out_at=row.checked_out_at,
    )


def save(work: UnitOfWork, booking: Booking) -> None:
    """Store what may change in a booking that ``lock`` has loaded."""
    work.execute(
        sa.update(bookings)
        .where(bookings.c.division_code == work.division, bookings.c.id == booking.booking_id)
        .values(
            version=booking.version,
            state=booking.state,
            cancelled_at=booking.cancelled_at,
            checked_in_at=booking.checked_in_at,
            checked_out_at=booking.checked_out_at,
        )
    )


def _latest_settlement(work: UnitOfWork, booking_id: UUID) -> Settlement | None:
    settlement, reversal = settlements.c, reversals.c
    row = work.execute(
        sa.select(settlements, reversal.id.label("reversal_id"), reversal.reversed_at)
        .outerjoin_from(
            settlements,
            reversals,
            (reversal.division_code == settlement.division_code) & (reversal.settlement_id == settlement.id),
        )
        .where(settlement.division_code == work.division, settlement.booking_id == booking_id)
        .order_by(settlement.attempt.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Settlement(
        row.id,
        row.attempt,
        row.receipt_no,
        row.amount_fen,
        row.method,
        row.settled_at,
        row.reversal_id,
        row.reversed_at,
    )
