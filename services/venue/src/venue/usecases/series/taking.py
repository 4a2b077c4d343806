# SPDX-License-Identifier: Apache-2.0
"""Take the dates of a series: all of them by one statement, the database alone deciding which can be had.

A date that is lost takes the whole attempt back to its savepoint, and the others are tried again without it: no half
taken room and no booking without a room is ever left behind. Each round is smaller, so the rounds end.

What a change gives up it gives up after it has what it wants (``store.booking.holdings`` says why).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.errors import AppError

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.booking.pick_up_code import new_code
from venue.domain.series import series_refusals as refused_because
from venue.domain.series.series import LeftOut, Series
from venue.store.booking import holdings, holds, occupancies, parts, quota_uses
from venue.store.booking.freeing import Freed, give_back, release_equipment_of
from venue.store.booking.occupancies import Taking
from venue.store.booking.offers import Room
from venue.store.series import series_bookings as rows
from venue.store.series import series_equipment
from venue.store.series import series_queries as queries
from venue.store.series.series_queries import OtherHolder
from venue.store.tables import occupancies as occupancy_table
from venue.usecases.booking.acquiring import give_to_the_next
from venue.usecases.series.counting import use_quotas
from venue.usecases.series.dates import Placement, Taken

CODE_ATTEMPTS = 5


@dataclass(frozen=True)
class Act:
    """One change of one series: where its dates are to be, and since when."""

    deps: Deps
    work: UnitOfWork
    series: Series
    room: Room
    now: datetime


def take(act: Act, wishes: Sequence[Placement], *, dropped: Sequence[UUID] = (), at_once: bool = False) -> Taken:
    """Take as many of the dates as can be had; with ``at_once`` the first round is the last.

    Bookings that move give back what they held; one that cannot move keeps it. ``dropped`` are bookings already ended,
    whose rooms and quotas are given back with the others'.
    """
    remaining, lost = list(wishes), []
    while remaining:
        step = act.work.savepoint()
        given_up, missed = _round(act, remaining, dropped)
        if not missed:
            step.commit()
            return Taken(remaining, lost, given_up)
        step.rollback()
        lost += [LeftOut(wish.occurrence, missed[wish.booking_id]) for wish in remaining if wish.booking_id in missed]
        remaining = [] if at_once else [wish for wish in remaining if wish.booking_id not in missed]
    return Taken((), lost, _let_go(act.work, dropped))


def _let_go(work: UnitOfWork, dropped: Sequence[UUID]) -> list[Freed]:
    if not dropped:
        return []
    given_up = give_back(work, occupancy_table.c.booking_id.in_(list(dropped)))
    release_equipment_of(work, dropped)
    quota_uses.give_back(work, dropped)
    return given_up


def _round(act: Act, wishes: Sequence[Placement], dropped: Sequence[UUID]) -> tuple[list[Freed], dict[UUID, AppError]]:
    """Try to have all of the dates; say of each that was lost why."""
    work, moving = act.work, [wish for wish in wishes if wish.moves]
    leaving = [*(wish.booking_id for wish in moving), *dropped]
    wanted = [taking for wish in wishes for taking in _takings(wish, act.room)]
    held = holdings.of(work, leaving)
    households = _move(act, moving) | _insert(act, [wish for wish in wishes if not wish.moves])
    split = {wish.booking_id: wish.terms.parts for wish in wishes if wish.terms.is_split}
    parts.insert(work, act.room.space_id, split)
    got = holdings.take_instead(work, held, wanted)
    missed = _from_holds(act, got.missed)
    if missed:
        return got.given_up, _why(work, act.series.series_id, missed)
    given_up = got.given_up + holdings.let_go(work, got.still_held)
    if leaving:
        release_equipment_of(work, leaving)
    lacking = series_equipment.take(work, act.room.venue_id, [wish.needs for wish in wishes if wish.equipment])
    if lacking:
        return given_up, lacking
    return given_up, use_quotas(act.work, act.room, act.series, wishes, households, leaving)


def _from_holds(act: Act, missed: Sequence[Taking]) -> Sequence[Taking]:
    """Take what a hold that has run out still kept, and return the rest; who waits for it goes first."""
    if not missed:
        return []
    first, last = min(one.starts_at for one in missed), max(one.ends_at for one in missed)
    lapsed = holds.lapse_in_the_way(act.work, {one.atom_id for one in missed}, first, last, act.now)
    for hold in lapsed:
        give_to_the_next(act.deps, act.work, hold)
    return occupancies.take_free(act.work, missed) if lapsed else missed


def _why(work: UnitOfWork, series_id: UUID, missed: Sequence[Taking]) -> dict[UUID, AppError]:
    """Tell a closed house, an official's session and a date of one's own from somebody else's booking."""
    first, last = min(one.starts_at for one in missed), max(one.ends_at for one in missed)
    atom_ids = {one.atom_id for one in missed}
    others = queries.held_otherwise(work.connection, work.division, atom_ids, first, last, series_id)
    return {one.booking_id: held_by(others, one.starts_at, one.ends_at) for one in missed if one.booking_id}


def held_by(others: Sequence[OtherHolder], starts_at: datetime, ends_at: datetime) -> AppError:
    """Refuse a time that is held, saying by what."""
    kinds = {one.kind for one in others if one.starts_at < ends_at and starts_at < one.ends_at}
    if "closure" in kinds:
        return refused_because.closed()
    if "session" in kinds:
        return refused_because.in_session()
    return refused_because.own_other_date() if "series" in kinds else refusals.slot_taken([])


def _move(act: Act, wishes: Sequence[Placement]) -> dict[UUID, UUID | None]:
    """Give bookings their new times; return their households."""
    return rows.move_bookings(act.work, act.series, [_row(wish) for wish in wishes], _facts(act)) if wishes else {}


def _insert(act: Act, wishes: Sequence[Placement]) -> dict[UUID, UUID | None]:
    """Store the new bookings, each under a code nobody else has; return their households."""
    households: dict[UUID, UUID | None] = {}
    missing = list(wishes)
    for _ in range(CODE_ATTEMPTS):
        if not missing:
            return households
        households |= rows.insert_bookings(act.work, act.series, [_row(wish) for wish in missing], _facts(act))
        missing = [wish for wish in missing if wish.booking_id not in households]
    raise RuntimeError("no free pick-up code in five draws")


def _facts(act: Act) -> dict[str, Any]:
    return {
        "now": act.now,
        "occupied_minutes_before": act.room.offer.setup_minutes,
        "occupied_minutes_after": act.room.offer.cleanup_minutes,
    }


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
        "split": terms.is_split,
        "pick_up_code": new_code(),
        "occurrence_date": at.on,
    }
