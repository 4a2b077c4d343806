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

from venue.domain.booking.booking import Booking, Part, Settlement
from venue.store.booking import parts
from venue.store.booking.quota_tables import household_members
from venue.store.tables import bookings, occupancies, published_busy_times, reversals, settlements, venues

_NEW = (
    "division_code", "id", "state", "version", "venue_id", "space_id", "person_id", "booked_by", "channel",
    "on_behalf_reason", "starts_at", "ends_at", "local_start", "local_end", "tz", "regime_code", "price_version",
    "price_fen_per_hour", "price_fen", "pick_up_code", "purpose", "party_size", "created_at", "hold_expires_at",
    "occupied_minutes_before", "occupied_minutes_after", "group_id", "series_id", "occurrence_date", "split",
)  # fmt: skip

_MOVED = (
    "space_id", "starts_at", "ends_at", "local_start", "local_end", "tz", "regime_code", "price_version",
    "price_fen_per_hour", "price_fen", "split", "occupied_minutes_before", "occupied_minutes_after",
)  # fmt: skip


def _booking_statement() -> sa.Select[Any]:
    """One statement, and in it one insert for all atoms, in one order for all writers.

    So nobody deadlocks and the constraint alone decides who wins. The public's busy rows come from what was taken.
    Nothing is stored unless the venue still has the version by which the wish was judged, and it keeps that version
    until commit: a room that is being divided or retired waits for this booking or turns it away.
    """
    judged = _judged().cte("judged")
    new = [sa.bindparam(name, type_=bookings.c[name].type) for name in _NEW]
    booked = (
        pg.insert(bookings)
        .from_select([*_NEW, "household_id"], sa.select(*new, _household()).select_from(judged))
        .on_conflict_do_nothing(
            index_elements=[bookings.c.division_code, bookings.c.venue_id, bookings.c.pick_up_code],
            index_where=sa.text(LIVE),
        )
        .returning(*(bookings.c[name] for name in _HOLDER))
        .cte("booked")
    )
    atom_id = func.unnest(sa.bindparam("atom_ids", type_=pg.ARRAY(sa.Uuid))).column_valued("atom_id")
    during = func.tstzrange(sa.literal_column(_FROM), sa.literal_column(_UNTIL), sa.literal_column("'[)'"))
    kind = sa.literal_column("CASE WHEN booked.hold_expires_at IS NULL THEN 'booking' ELSE 'hold' END")
    taken = (
        pg.insert(occupancies)
        .from_select(
            ["division_code", "atom_id", "booking_id", "during", "kind", "hold_expires_at"],
            sa.select(booked.c.division_code, atom_id, booked.c.id, during, kind, booked.c.hold_expires_at).order_by(
                atom_id
            ),
        )
        .on_conflict_do_nothing(constraint="ex_occupancies_held_once")
        .returning(*(occupancies.c[name] for name in _BUSY), occupancies.c.hold_expires_at)
        .cte("taken")
    )
    published = pg.insert(published_busy_times).from_select([*_BUSY, "held_until"], sa.select(taken)).cte("published")
    counted = (judged, booked, taken)
    counts = [sa.select(func.count()).select_from(one).scalar_subquery().label(one.name) for one in counted]
    told = [sa.select(booked.c[name]).scalar_subquery().label(name) for name in _FILLED_IN]
    return sa.select(*counts, *told).add_cte(published)


def _judged() -> sa.Select[Any]:
    venue = venues.c
    return (
        sa.select(venue.id)
        .where(
            venue.division_code == sa.bindparam("division_code"),
            venue.id == sa.bindparam("venue_id", type_=sa.Uuid),
            venue.judged_version == sa.bindparam("venue_version", type_=sa.Integer),
        )
        .with_for_update(read=True, key_share=True)
    )


def _household() -> sa.ScalarSelect[Any]:
    """Find with whom the person lives on the day of the booking, as identity has told."""
    member = household_members.c
    day = sa.cast(sa.bindparam("local_start"), sa.Date)
    return (
        sa.select(member.household_id)
        .where(
            member.division_code == sa.bindparam("division_code"),
            member.person_id == sa.bindparam("person_id"),
            member.household_id.is_not(None),
            member.started_on <= day,
            sa.or_(member.ended_on.is_(None), member.ended_on > day),
        )
        .order_by(member.started_on.desc())
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )


_HOLDER = [
    "division_code", "id", "starts_at", "ends_at", "occupied_minutes_before", "occupied_minutes_after",
    "hold_expires_at", "household_id", "deposit_fen",
]  # fmt: skip
_FILLED_IN = ("household_id", "deposit_fen")
# Setting up and cleaning are occupied time: only what people see is the booking's own.
_FROM = "booked.starts_at - booked.occupied_minutes_before * interval '1 minute'"
_UNTIL = "booked.ends_at + booked.occupied_minutes_after * interval '1 minute'"
# Word for word the predicate of uq_bookings_pick_up_code.
LIVE = "state NOT IN ('cancelled', 'declined', 'lapsed', 'no_show')"
_BUSY = ["division_code", "atom_id", "starts_at", "ends_at"]
_BOOK = Compiled(_booking_statement())


class CodeTaken(Exception):
    """Another live booking of the venue has drawn the same pick-up code; nothing was stored."""


class VenueChanged(Exception):
    """The venue is no longer what the wish was judged by; nothing was stored."""


def insert_and_hold(work: UnitOfWork, values: dict[str, Any], atom_ids: Sequence[UUID], venue_version: int) -> bool:
    """Store a booking, take every atom for its time, buffers included, and tell the public.

    Fills in the household the person lives in and the deposit the price asks for. False when any atom was taken: the
    caller takes the rest otherwise or rolls back. Raises CodeTaken, VenueChanged.
    """
    told = {"division_code": work.division, "atom_ids": list(atom_ids), "venue_version": venue_version}
    (counts,) = work.execute_compiled(_BOOK, {**values, **told})
    if not counts["judged"]:
        raise VenueChanged
    if not counts["booked"]:
        raise CodeTaken
    values.update({name: counts[name] for name in _FILLED_IN})
    return counts["taken"] == len(atom_ids)


def lock(work: UnitOfWork, booking_id: UUID) -> Booking | None:
    """Load a booking for a change, its row locked first, so that versions and events keep one order.

    Rows that refer to it may be added meanwhile: its key never changes, and who changes the venue counts bookings.
    """
    booking = bookings.c
    row = work.execute(
        sa.select(bookings)
        .where(booking.division_code == work.division, booking.id == booking_id)
        .with_for_update(key_share=True)
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
        booked_at=row.created_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        tz=row.tz,
        regime=row.regime_code,
        price_fen=row.price_fen,
        settlement=_latest_settlement(work, booking_id),
        cancelled_at=row.cancelled_at,
        checked_in_at=row.checked_in_at,
        checked_out_at=row.checked_out_at,
        hold_expires_at=row.hold_expires_at,
        late_cancelled=row.late_cancelled,
        ended_reason=row.ended_reason,
        group_id=row.group_id,
        parts=parts.of(work.connection, work.division, [booking_id]).get(booking_id, ()) if row.split else (),
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
            hold_expires_at=booking.hold_expires_at,
            late_cancelled=booking.late_cancelled,
            ended_reason=booking.ended_reason,
        )
    )


def save_times(work: UnitOfWork, booking: Booking, row: Mapping[str, Any], stretches: Sequence[Part]) -> None:
    """Store where and when a moved booking is now, and what it costs."""
    work.execute(
        sa.update(bookings)
        .where(bookings.c.division_code == work.division, bookings.c.id == booking.booking_id)
        .values({name: row[name] for name in _MOVED} | {"version": booking.version})
    )
    parts.replace(work, booking.booking_id, booking.space_id, stretches)


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
