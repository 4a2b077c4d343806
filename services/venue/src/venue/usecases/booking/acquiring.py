# SPDX-License-Identifier: Apache-2.0
"""What a booking takes and gives back with its atoms: quotas, equipment, and the next in line's chance.

The order is the same for every act, so that two of them never wait for each other: atoms, equipment, quotas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.errors import AppError

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.booking import quotas as quota_rules
from venue.domain.booking.alternatives import Admits, anybody
from venue.domain.booking.booking import Booking, Part
from venue.store.booking import holdings, holds, occupancies, quota_uses
from venue.store.booking.holdings import Holding
from venue.store.booking.occupancies import Freed, Taking
from venue.store.booking.offers import Room
from venue.store.venues.equipment import release_equipment
from venue.store.waiting import waiting
from venue.usecases.booking import offering
from venue.usecases.waiting.freed import freed, offer_answered

Row = Mapping[str, Any]


def takings(row: Row, atom_ids: Collection[UUID]) -> list[Taking]:
    """Wish for every atom of a stored booking, its buffers included."""
    return [
        Taking(
            atom_id,
            row["starts_at"] - timedelta(minutes=row["occupied_minutes_before"]),
            row["ends_at"] + timedelta(minutes=row["occupied_minutes_after"]),
            booking_id=row["id"],
            hold_expires_at=row["hold_expires_at"],
        )
        for atom_id in atom_ids
    ]


def acquire(deps: Deps, work: UnitOfWork, wanted: Sequence[Taking], now: datetime) -> bool:
    """Take all atoms; tell whether they were free, or held by what had run out."""
    return not take_from_holds(deps, work, occupancies.take_free(work, wanted), now)


def take_from_holds(deps: Deps, work: UnitOfWork, missed: Sequence[Taking], now: datetime) -> Sequence[Taking]:
    """Take what holds that have run out still kept, and return the rest. Whoever waits for it goes first."""
    if not missed:
        return []
    first, last = min(one.starts_at for one in missed), max(one.ends_at for one in missed)
    lapsed = holds.lapse_in_the_way(work, [one.atom_id for one in missed], first, last, now)
    for hold in lapsed:
        give_to_the_next(deps, work, hold)
    return occupancies.take_free(work, missed) if lapsed else missed


def give_to_the_next(deps: Deps, work: UnitOfWork, hold: holds.Lapsed) -> None:
    """Tell whoever waits that a lapsed hold's time is free; if it was an offer, it has passed."""
    offer_answered(deps, work, hold.booking_id, "lapsed")
    tell_freed(deps, work, hold.freed)


def give_up(deps: Deps, work: UnitOfWork, booking: Booking) -> None:
    """Give back all that an ended booking had, to the public and to who waits. Its new state is stored before."""
    given_back = occupancies.release(work, booking_id=booking.booking_id)
    release_equipment(work, booking.booking_id)
    quota_uses.give_back(work, [booking.booking_id])
    tell_freed(deps, work, given_back)


def tell_freed(deps: Deps, work: UnitOfWork, times: Sequence[Freed | Holding]) -> None:
    """Offer freed times to who waits for them, time by time; of several, one look tells where nobody waits."""
    by_time: dict[tuple[datetime, datetime], list[UUID]] = defaultdict(list)
    for one in times:
        by_time[one.starts_at, one.ends_at].append(one.atom_id)
    if len(by_time) > 1 and not _anybody_waits(work, times):
        return
    for (starts_at, ends_at), atom_ids in sorted(by_time.items()):
        freed(deps, work, sorted(atom_ids), starts_at, ends_at)


def _anybody_waits(work: UnitOfWork, times: Sequence[Freed | Holding]) -> bool:
    first, last = min(one.starts_at for one in times), max(one.ends_at for one in times)
    return bool(waiting.queue(work, list({one.atom_id for one in times}), first, last, limit=1))


def acquire_instead(
    deps: Deps, work: UnitOfWork, held: Sequence[Holding], wanted: Sequence[Taking], now: datetime
) -> list[Freed] | None:
    """Take all atoms and give up what was held; return what became free, or None where they were not to be had."""
    got = holdings.take_instead(work, held, wanted)
    if take_from_holds(deps, work, got.missed, now):
        return None
    return got.given_up + holdings.let_go(work, got.still_held)


def use_quotas(work: UnitOfWork, row: Row, room: Room, parts: Sequence[Part], *, moved: bool = False) -> None:
    """Count a stored booking in the venue's quotas, for what it used before where it has ``moved``.

    Raises ``quota_exceeded`` with the first it does not fit into.
    """
    wanted = uses_of(row, room, parts)
    if moved:
        quota_uses.give_back_for(work, [row["id"]], wanted)
    exceeded = quota_uses.use(work, row["id"], wanted)
    if exceeded:
        used = quota_uses.used(work.connection, work.division, exceeded[:1])
        raise quota_rules.quota_exceeded(exceeded[0], used[0])


def uses_of(row: Row, room: Room, parts: Sequence[Part]) -> list[quota_rules.Use]:
    """What a booking uses of each quota of its venue."""
    if not room.offer.quotas:
        return []
    subjects = quota_rules.subjects_of(row["person_id"], row["household_id"], row["group_id"], room.venue_id)
    return quota_rules.uses(room.offer.quotas, row["local_start"].date(), parts, subjects)


def taken(
    work: UnitOfWork,
    row: Row,
    room: Room,
    regime: str | None,
    now: datetime,
    language: str,
    admits: Admits = anybody,
) -> AppError:
    """Refuse because somebody was first, with what else could be had."""
    return refusals.slot_taken(
        offering.alternatives(
            work.connection,
            work.division,
            room,
            row["starts_at"],
            row["ends_at"],
            now,
            language,
            party_size=row["party_size"],
            regime=regime,
            besides=row["id"],
            admits=admits,
        )
    )
