# SPDX-License-Identifier: Apache-2.0
"""Book a room: judge the request, then let the database decide who was first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts, uuid7
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import alternatives, availability, booking, events, hours, refusals
from venue.domain.alternatives import Candidate
from venue.domain.booking import Booking, Terms
from venue.domain.pick_up_code import new_code
from venue.store import bookings, offers, queries
from venue.store.offers import Room
from venue.usecases import shapes

CODE_ATTEMPTS = 5  # a venue would need ten million live bookings before two fifths of the draws collide


@dataclass(frozen=True)
class OnBehalf:
    """For whom the counter books, and why the person does not do it."""

    person_id: UUID
    reason: str


@dataclass(frozen=True)
class BookSpace:
    """A wish for a room."""

    space_id: UUID
    starts_at: datetime
    ends_at: datetime
    purpose: str | None = None
    party_size: int | None = None
    on_behalf_of: OnBehalf | None = None


@dataclass(frozen=True)
class _Booker:
    person_id: UUID
    channel: str
    reason: str | None


def book_space(deps: Deps, actor: Actor, command: BookSpace, attempt: Attempt) -> Reply:
    """Book; answer 201 with the booking, or the stored answer of an earlier attempt with the same key.

    A lost race is a 409 ``slot_taken`` with alternatives, stored under the key as the answer it is.
    """
    return retry_conflicts(lambda: _attempt(deps, actor, command, attempt))


def _attempt(deps: Deps, actor: Actor, command: BookSpace, attempt: Attempt) -> Reply:
    booker = _booker(actor, command)
    with deps.unit_of_work(actor) as work:
        reply = work.once(attempt, "book_space", lambda: _book(deps, work, command, booker, attempt))
        work.commit()
        return reply


def _booker(actor: Actor, command: BookSpace) -> _Booker:
    if command.on_behalf_of is not None:
        if "venue.counter" not in actor.permissions:
            raise refusals.not_at_the_counter()
        return _Booker(command.on_behalf_of.person_id, "counter", command.on_behalf_of.reason)
    if "venue.book" not in actor.permissions:
        raise refusals.not_at_the_counter()
    try:
        return _Booker(UUID(actor.subject), "self", None)
    except ValueError:
        raise refusals.only_persons_book() from None


def _book(
    deps: Deps, work: UnitOfWork, command: BookSpace, booker: _Booker, attempt: Attempt
) -> tuple[dict[str, Any], dict[str, str]]:
    now = deps.clock.now()
    room = offers.room(work, command.space_id)
    if room is None:
        raise refusals.unknown_space()
    terms = booking.agree(room.offer, command.starts_at, command.ends_at, party_size=command.party_size, now=now)
    row = _row(work, command, booker, room, terms, now)
    if not _insert_and_hold(work, row, room):
        raise refusals.slot_taken(_alternatives(work, command, room, terms, row["id"], now, attempt.language))
    confirmed = Booking(
        booking_id=row["id"],
        version=1,
        state="confirmed",
        venue_id=room.venue_id,
        space_id=room.space_id,
        person_id=booker.person_id,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        tz=room.tz,
        regime=terms.regime,
        price_fen=terms.price_fen,
    )
    work.outbox.add(events.confirmed(confirmed, booker.channel))
    work.audit(
        "booking.confirmed",
        "booking",
        row["id"],
        {"channel": booker.channel, "space_id": room.space_id},
        attempt.request_id,
    )
    language = attempt.language
    shape = shapes.booking(
        {
            **row,
            f"name_{language}": room.name(language),
            f"venue_name_{language}": room.venue_name(language),
        },
        actor=work.actor,
        language=language,
        now=now,
    )
    return shape, etag(1)


def _insert_and_hold(work: UnitOfWork, row: dict[str, Any], room: Room) -> bool:
    """Store the booking under a code nobody else has; tell whether the room was free."""
    for _ in range(CODE_ATTEMPTS):
        row["pick_up_code"] = new_code()
        try:
            return bookings.insert_and_hold(work, row, room.atom_ids)
        except bookings.CodeTaken:
            continue
    raise RuntimeError("no free pick-up code in five draws")


def _row(
    work: UnitOfWork, command: BookSpace, booker: _Booker, room: Room, terms: Terms, now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "state": "confirmed",
        "version": 1,
        "venue_id": room.venue_id,
        "space_id": room.space_id,
        "person_id": booker.person_id,
        "booked_by": work.actor.subject,
        "channel": booker.channel,
        "on_behalf_reason": booker.reason,
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "local_start": terms.local_start,
        "local_end": terms.local_end,
        "tz": room.tz,
        "regime_code": terms.regime,
        "price_version": terms.price_version,
        "price_fen_per_hour": terms.price_fen_per_hour,
        "price_fen": terms.price_fen,
        "purpose": command.purpose,
        "party_size": command.party_size,
        "created_at": now,
    }


def _alternatives(
    work: UnitOfWork,
    command: BookSpace,
    room: Room,
    terms: Terms,
    lost: UUID,
    now: datetime,
    language: str,
) -> list[dict[str, Any]]:
    """Look for other rooms and times of the same day, as if the lost booking had not been tried."""
    rows = queries.rooms_of_venue(work.connection, work.division, room.venue_id)
    rooms = {one.space_id: one for one in map(offers.as_room, rows)}
    day = hours.local_date(command.starts_at, room.offer.zone)
    spans = hours.spans_on(day, room.offer.rules, room.offer.zone)
    held = queries.held_atoms(
        work.connection,
        work.division,
        sorted({atom for one in rooms.values() for atom in one.atom_ids}),
        spans[0].starts_at,
        spans[-1].ends_at,
        person_id=None,
        besides=lost,
    )
    candidates = {
        one.space_id: Candidate(
            one.space_id,
            one.offer.capacity,
            len(one.atom_ids),
            availability.day_intervals(
                day,
                spans,
                [time for atom in one.atom_ids for time in held.get(atom, ())],
                zone=room.offer.zone,
                now=now,
            ),
        )
        for one in rooms.values()
    }
    found = alternatives.suggest(
        command.space_id, terms.regime, command.starts_at, command.ends_at, candidates, command.party_size
    )
    zone = room.offer.zone
    return [
        {
            "space_id": str(one.space_id),
            "space_name": rooms[one.space_id].name(language),
            "starts_at": shapes.local(one.starts_at, zone),
            "ends_at": shapes.local(one.ends_at, zone),
            "price_fen": booking.price_fen(
                booking.price_on(day, terms.regime, rooms[one.space_id].offer.prices).fen_per_hour,
                one.starts_at,
                one.ends_at,
            ),
        }
        for one in found
    ]
