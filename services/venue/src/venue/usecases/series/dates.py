# SPDX-License-Identifier: Apache-2.0
"""Take the dates of a series: all of them by one statement, the database alone deciding which can be had.

A date that is lost takes the whole attempt back to its savepoint, and the others are tried again without it: no half
taken room and no booking without a room is ever left behind. Each round is smaller, so the rounds end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork, uuid7
from chassis.errors import AppError

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.booking.offer import Terms
from venue.domain.booking.pick_up_code import new_code
from venue.domain.series import series_refusals as refused_because
from venue.domain.series.series import LeftOut, Occurrence, Series, Verdict
from venue.store.booking import freeing, holds, occupancies, quota_uses
from venue.store.booking.freeing import Freed
from venue.store.booking.occupancies import Taking
from venue.store.booking.offers import Room
from venue.store.series import series as store
from venue.store.series import series_queries as queries
from venue.store.series.series_queries import OtherHolder
from venue.store.tables import occupancies as occupancy_table
from venue.usecases.booking.acquiring import give_to_the_next, use_quotas
from venue.usecases.waiting.freed import freed

CODE_ATTEMPTS = 5


@dataclass(frozen=True)
class Placement:
    """A date to be taken: by a new booking, or by the one that already stands for it (``moves``)."""

    occurrence: Occurrence
    terms: Terms
    booking_id: UUID
    moves: bool = False


def wanted(verdicts: Sequence[Verdict]) -> list[Placement]:
    """New bookings for the dates that no rule refuses."""
    return [Placement(verdict.occurrence, verdict.terms, uuid7()) for verdict in verdicts if verdict.terms is not None]


def refused(verdicts: Sequence[Verdict]) -> list[LeftOut]:
    """The dates that a rule refuses."""
    return [LeftOut(verdict.occurrence, verdict.failure) for verdict in verdicts if verdict.failure is not None]


@dataclass(frozen=True)
class Taken:
    """What became of the dates: had, lost to somebody else (or to a quota), and the times given up meanwhile."""

    placed: Sequence[Placement]
    lost: Sequence[LeftOut]
    freed: Sequence[Freed] = ()


def take(
    deps: Deps,
    work: UnitOfWork,
    one: Series,
    room: Room,
    wishes: Sequence[Placement],
    *,
    dropped: Sequence[UUID] = (),
    at_once: bool = False,
) -> Taken:
    """Take as many of the dates as can be had; with ``at_once`` the first round is the last.

    Bookings that move first give back what they hold. One that cannot move keeps its old time. ``dropped`` are bookings
    already ended, whose share of the quotas is given back once the atoms are taken: the order of every act.
    """
    now = deps.clock.now()
    remaining, lost = list(wishes), []
    while remaining:
        step = work.savepoint()
        given_up, missed = _round(deps, work, one, room, remaining, dropped, now)
        if not missed:
            step.commit()
            return Taken(remaining, lost, given_up)
        step.rollback()
        lost += [LeftOut(wish.occurrence, missed[wish.booking_id]) for wish in remaining if wish.booking_id in missed]
        remaining = [] if at_once else [wish for wish in remaining if wish.booking_id not in missed]
    if dropped:
        quota_uses.give_back(work, dropped)
    return Taken((), lost)


def _round(
    deps: Deps,
    work: UnitOfWork,
    one: Series,
    room: Room,
    wishes: Sequence[Placement],
    dropped: Sequence[UUID],
    now: datetime,
) -> tuple[list[Freed], dict[UUID, AppError]]:
    """Try to have all of the dates; say of each that was lost why."""
    facts = {
        "now": now,
        "occupied_minutes_before": room.offer.setup_minutes,
        "occupied_minutes_after": room.offer.cleanup_minutes,
    }
    moving = [wish for wish in wishes if wish.moves]
    ids = [wish.booking_id for wish in moving]
    given_up: list[Freed] = []
    households: dict[UUID, UUID | None] = {}
    if moving:
        given_up = freeing.give_back(work, occupancy_table.c.booking_id.in_(ids))
        households |= store.move_bookings(work, one, [_row(wish) for wish in moving], facts)
    households |= _insert(work, one, [wish for wish in wishes if not wish.moves], facts)
    missed = _acquire(deps, work, [taking for wish in wishes for taking in _takings(wish, room)], now)
    if missed:
        return given_up, _why(work, missed)
    if ids or dropped:
        quota_uses.give_back(work, [*ids, *dropped])
    return given_up, _use_quotas(work, one, room, wishes, households)


def _acquire(deps: Deps, work: UnitOfWork, wanted: Sequence[Taking], now: datetime) -> list[Taking]:
    """Take all atoms of all dates; what a hold that has run out still kept goes to who waits for it first."""
    missed = occupancies.take_free(work, wanted)
    if not missed:
        return []
    first, last = min(one.starts_at for one in missed), max(one.ends_at for one in missed)
    lapsed = holds.lapse_in_the_way(work, {one.atom_id for one in missed}, first, last, now)
    for hold in lapsed:
        give_to_the_next(deps, work, hold)
    return occupancies.take_free(work, missed) if lapsed else missed


def _why(work: UnitOfWork, missed: Sequence[Taking]) -> dict[UUID, AppError]:
    """Tell a closed house and an official's session from somebody else's booking."""
    first, last = min(one.starts_at for one in missed), max(one.ends_at for one in missed)
    atom_ids = {one.atom_id for one in missed}
    others = queries.held_otherwise(work.connection, work.division, atom_ids, first, last)
    return {one.booking_id: held_by(others, one.starts_at, one.ends_at) for one in missed if one.booking_id}


def held_by(others: Sequence[OtherHolder], starts_at: datetime, ends_at: datetime) -> AppError:
    """Refuse a time that is held, saying by what."""
    kinds = {one.kind for one in others if one.starts_at < ends_at and starts_at < one.ends_at}
    if "closure" in kinds:
        return refused_because.closed()
    return refused_because.in_session() if "session" in kinds else refusals.slot_taken([])


def _use_quotas(
    work: UnitOfWork, one: Series, room: Room, wishes: Sequence[Placement], households: Mapping[UUID, UUID | None]
) -> dict[UUID, AppError]:
    """Count each date as a booking of its own; return those that no longer fit in."""
    if not room.offer.quotas:
        return {}
    refusals_by_id: dict[UUID, AppError] = {}
    for wish in wishes:
        row = {
            "id": wish.booking_id,
            "person_id": one.person_id,
            "household_id": households[wish.booking_id],
            "group_id": one.group_id,
            "local_start": wish.occurrence.local_start,
        }
        try:
            use_quotas(work, row, room, wish.terms.parts)
        except AppError as refusal:
            refusals_by_id[wish.booking_id] = refusal
            quota_uses.give_back(work, [wish.booking_id])  # what it did fit into is for the dates after it
    return refusals_by_id


def _insert(
    work: UnitOfWork, one: Series, wishes: Sequence[Placement], facts: dict[str, Any]
) -> dict[UUID, UUID | None]:
    """Store the new bookings, each under a code nobody else has; return their households."""
    households: dict[UUID, UUID | None] = {}
    missing = list(wishes)
    for _ in range(CODE_ATTEMPTS):
        if not missing:
            return households
        households |= store.insert_bookings(work, one, [_row(wish) for wish in missing], facts)
        missing = [wish for wish in missing if wish.booking_id not in households]
    raise RuntimeError("no free pick-up code in five draws")


def _takings(wish: Placement, room: Room) -> list[Taking]:
    starts_at = wish.occurrence.starts_at - timedelta(minutes=room.offer.setup_minutes)
    ends_at = wish.occurrence.ends_at + timedelta(minutes=room.offer.cleanup_minutes)
    return [Taking(atom_id, starts_at, ends_at, booking_id=wish.booking_id) for atom_id in room.atom_ids]


def _row(wish: Placement) -> dict[str, Any]:
    at, terms = wish.occurrence, wish.terms
    return {
        "id": wish.booking_id,
        "starts_at": at.starts_at,
        "ends_at": at.ends_at,
        "local_start": at.local_start,
        "local_end": at.local_end,
        "regime_code": terms.regime,
        "price_version": terms.price_version,
        "price_fen_per_hour": terms.price_fen_per_hour,
        "price_fen": terms.price_fen,
        "pick_up_code": new_code(),
        "occurrence_date": at.on,
    }


def store_decided(work: UnitOfWork, one: Series, placed: Sequence[Placement], left_out: Sequence[LeftOut]) -> None:
    """Store what became of dates: had by a booking, or left out for a reason."""
    had = [_date_row(one.space_id, each.occurrence, each.booking_id, None) for each in placed]
    not_had = [_date_row(one.space_id, each.occurrence, None, each.failure.code) for each in left_out]
    store.put_dates(work, one.series_id, [*had, *not_had])


def _date_row(space_id: UUID, at: Occurrence, booking_id: UUID | None, reason: str | None) -> dict[str, Any]:
    return {
        "occurrence_date": at.on,
        "space_id": space_id,
        "planned_start": at.local_start,
        "planned_end": at.local_end,
        "shifted": at.shifted,
        "booking_id": booking_id,
        "reason_code": reason,
    }


def tell_freed(deps: Deps, work: UnitOfWork, venue_id: UUID, space_id: UUID, given_up: Sequence[Freed]) -> None:
    """Let those who wait have what the series no longer needs, date by date."""
    by_time: dict[tuple[datetime, datetime], list[UUID]] = defaultdict(list)
    for one in given_up:
        by_time[one.starts_at, one.ends_at].append(one.atom_id)
    for (starts_at, ends_at), atom_ids in sorted(by_time.items()):
        freed(deps, work, venue_id, space_id, sorted(atom_ids), starts_at, ends_at)
