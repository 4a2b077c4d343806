# SPDX-License-Identifier: Apache-2.0
"""What else could be had on the dates a series had to leave out: two statements, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork

from venue.domain.booking import alternatives as rules
from venue.domain.booking import judging
from venue.domain.booking.alternatives import Candidate
from venue.domain.booking.availability import Held
from venue.domain.booking.judging import Wish
from venue.domain.opening import hours
from venue.domain.series.recurrence import HORIZON_DAYS
from venue.domain.series.series import LeftOut
from venue.store.booking import offers, queries
from venue.store.booking.offers import Room
from venue.store.venues import queries as venue_queries
from venue.usecases.booking import shapes

MOST_DATES = 12  # people choose among a few; the other dates are told without
MENDABLE = frozenset({"slot_taken", "closed", "in_session", "outside_opening", "crosses_regime", "not_for_booking"})


def alternatives_for(
    work: UnitOfWork, room: Room, left_out: Sequence[LeftOut], who: Wish, now: datetime, language: str
) -> dict[str, list[dict[str, Any]]]:
    """Offer up to three rooms or times of the same day for each of the first dates left out, by date."""
    mendable = [one for one in left_out if one.failure.code in MENDABLE][:MOST_DATES]
    if not mendable:
        return {}
    rooms = [_reaching(offers.as_room(dict(row)), who) for row in _rooms(work, room.venue_id)]
    days = [one.occurrence.on for one in mendable]
    held = queries.held_atoms(
        work.connection,
        work.division,
        sorted({atom for one in rooms for atom in one.atom_ids}),
        hours.instant(days[0], 0, room.offer.zone) - rules.MARGIN,
        hours.instant(days[-1], 1440, room.offer.zone) + rules.MARGIN,
        person_id=None,
        now=now,
    )
    return {one.occurrence.on.isoformat(): _of(one, room.space_id, rooms, held, who, now, language) for one in mendable}


def _rooms(work: UnitOfWork, venue_id: UUID) -> Sequence[Mapping[str, Any]]:
    return venue_queries.rooms_of_venue(work.connection, work.division, venue_id)


def _reaching(room: Room, who: Wish) -> Room:
    """At the counter a series reaches further than a booking of one's own."""
    if not who.at_counter:
        return room
    return replace(room, offer=replace(room.offer, horizon_days=max(room.offer.horizon_days, HORIZON_DAYS)))


def _of(
    one: LeftOut,
    space_id: UUID,
    rooms: Sequence[Room],
    held: Mapping[UUID, Sequence[Held]],
    who: Wish,
    now: datetime,
    language: str,
) -> list[dict[str, Any]]:
    at = one.occurrence
    found = rules.suggest(
        space_id,
        at.starts_at,
        at.ends_at,
        _candidates(rooms, held, at.on),
        days=[at.on],
        now=now,
        party_size=who.party_size,
    )
    by_id = {room.space_id: room for room in rooms}
    return [_shape(each, by_id[each.space_id], who, now, language) for each in found]


def _candidates(rooms: Sequence[Room], held: Mapping[UUID, Sequence[Held]], day: date) -> dict[UUID, Candidate]:
    """Each room with the times around a day at which one of its atoms is held."""
    zone = rooms[0].offer.zone
    first = hours.instant(day, 0, zone) - rules.MARGIN
    last = hours.instant(day, 1440, zone) + rules.MARGIN
    return {
        room.space_id: Candidate(
            room.space_id,
            room.offer,
            len(room.atom_ids),
            [
                time
                for atom in room.atom_ids
                for time in held.get(atom, ())
                if time.starts_at < last and first < time.ends_at
            ],
        )
        for room in rooms
    }


def _shape(one: rules.Alternative, room: Room, who: Wish, now: datetime, language: str) -> dict[str, Any]:
    terms = judging.judge(room.offer, replace(who, starts_at=one.starts_at, ends_at=one.ends_at), now).terms
    return {
        "space_id": str(one.space_id),
        "space_name": room.name(language),
        "starts_at": shapes.local(one.starts_at, room.offer.zone),
        "ends_at": shapes.local(one.ends_at, room.offer.zone),
        "price_fen": terms.price_fen if terms else 0,
    }
