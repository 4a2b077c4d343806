# SPDX-License-Identifier: Apache-2.0
"""Place a booking inside somebody's transaction: judge the wish, then let the database decide who was first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork, uuid7

from venue.deps import Attempt, Deps
from venue.domain import events, refusals
from venue.domain.booking import booking as rules
from venue.domain.booking.alternatives import Admits
from venue.domain.booking.booking import Booking, Terms, Wish
from venue.domain.booking.pick_up_code import new_code
from venue.store import due
from venue.store.booking import bookings, holds, occupancies, offers, parts
from venue.store.booking.offers import Room
from venue.store.venues import requested_equipment
from venue.store.venues.equipment import EquipmentWish, take_equipment
from venue.usecases.booking import offering, own_limits
from venue.usecases.booking.acquiring import take_from_holds, taken, takings, use_quotas

CODE_ATTEMPTS = 5  # a venue would need ten million live bookings before two fifths of the draws collide
YESTERDAY = timedelta(days=2)  # in any zone; nothing earlier can be booked
MOST_HOLDS = 2  # open holds of one person
HOLDS, REQUESTS = "holds", "requests"


@dataclass(frozen=True)
class OnBehalf:
    """For whom the counter books, and why the person does not do it."""

    person_id: UUID
    reason: str


@dataclass(frozen=True)
class BookSpace:
    """A wish for a room.

    ``hold`` keeps it for some minutes only. ``split`` agrees to the prices of several regimes. ``equipment`` is what
    is wanted with it.
    """

    space_id: UUID
    starts_at: datetime
    ends_at: datetime
    purpose: str | None = None
    party_size: int | None = None
    on_behalf_of: OnBehalf | None = None
    hold: bool = False
    split: bool = False
    group_id: UUID | None = None
    equipment: Sequence[EquipmentWish] = ()


@dataclass(frozen=True)
class Booker:
    """Whose booking it becomes, and through which channel. ``hold_expires_at`` keeps an offer for the person."""

    person_id: UUID
    channel: str
    reason: str | None = None
    hold_expires_at: datetime | None = None

    @property
    def is_counter(self) -> bool:
        """Tell whether staff books."""
        return self.channel == "counter"


@dataclass(frozen=True)
class Placed:
    """A booking as stored, with the row it became and the room it is in."""

    booking: Booking
    row: dict[str, Any]
    room: Room

    @property
    def part_rows(self) -> list[tuple[Any, ...]]:
        """The stretches as a query would find them; none where the booking lies in one regime."""
        return [
            (part.starts_at, part.ends_at, part.regime, part.price_fen_per_hour, part.price_fen)
            for part in self.booking.parts
        ]


def place_booking(
    deps: Deps,
    work: UnitOfWork,
    wish: BookSpace,
    booker: Booker,
    attempt: Attempt,
) -> Placed:
    """Store the booking, take its atoms, use its quotas up, tell it to the others; commit nothing.

    Confirmed, held where the wish says so (an offer: as long as the booker says), or requested where approval is
    needed. Raises Unprocessable for a rule, Conflict ``slot_taken`` with alternatives where somebody was first: rows
    of the attempt remain then, so a caller that goes on wraps it in a savepoint.
    """
    wanted = (work, wish.space_id, booker.person_id, deps.clock.now().date() - YESTERDAY)
    try:
        return _place(deps, work, wish, booker, attempt, offers.glimpse(*wanted))
    except bookings.VenueChanged:  # between two statements: judge by what it has become, and keep it so
        return _place(deps, work, wish, booker, attempt, offers.room(*wanted))


def _place(
    deps: Deps, work: UnitOfWork, wish: BookSpace, booker: Booker, attempt: Attempt, room: Room | None
) -> Placed:
    now = deps.clock.now()
    if room is None:
        raise refusals.unknown_space()
    terms = rules.granted(rules.judge(room.offer, wish_of(wish, booker), now))
    row = _row(work, wish, booker, room, terms, now)
    if row["state"] == "confirmed" and (wish.hold or booker.hold_expires_at):
        until = booker.hold_expires_at or now + timedelta(minutes=room.offer.hold_minutes)
        row |= {"state": "held", "hold_expires_at": until}
    if wish.hold and not booker.hold_expires_at:
        _hold_not_too_many(work, booker.person_id, now)
    _store(deps, work, row, room, terms, now, attempt.language)
    if wish.equipment and row["state"] == "requested":
        requested_equipment.remember(work, row["id"], room.venue_id, wish.equipment)
    elif wish.equipment:
        _take_equipment(work, row, room, wish, now)
    if wish.equipment:
        row["equipment"] = [(one.equipment_id, one.quantity) for one in wish.equipment]
    booking = _booking(row, terms)
    _tell(work, booking, booker, attempt)
    return Placed(booking, row, room)


def wish_of(wish: BookSpace, booker: Booker) -> Wish:
    """What the rules want to know of a wish."""
    return Wish(wish.starts_at, wish.ends_at, wish.party_size, wish.split, booker.is_counter, wish.group_id is not None)


def _store(
    deps: Deps, work: UnitOfWork, row: dict[str, Any], room: Room, terms: Terms, now: datetime, language: str
) -> None:
    waits = row["state"] == "requested"  # a request holds nothing: whoever is approved first does
    times = (row["starts_at"], row["ends_at"])
    hopeless = waits and not offering.is_free(work.connection, work.division, room, *times, now)
    if hopeless or (not _insert_and_hold(work, row, room, waits) and not _take_rest(deps, work, row, room, now)):
        raise taken(
            work,
            row,
            room,
            None if terms.is_split else terms.regime,
            now,
            language,
            _admits(work, row, room, terms, now),
        )
    if terms.is_split:
        parts.insert(work, room.space_id, {row["id"]: terms.parts})
    use_quotas(work, row, room, terms.parts)
    if row["hold_expires_at"]:
        due.set_alarm(work, HOLDS, row["hold_expires_at"])
    if waits:
        due.set_alarm(work, REQUESTS, row["starts_at"])


def _admits(work: UnitOfWork, row: dict[str, Any], room: Room, terms: Terms, now: datetime) -> Admits:
    """What else the person's own limits let them have."""
    is_counter, group_id = row["channel"] == "counter", row["group_id"]
    asked = Wish(row["starts_at"], row["ends_at"], row["party_size"], terms.is_split, is_counter, group_id is not None)
    return own_limits.admitted(work.connection, work.division, asked, row["person_id"], group_id, room, now)


def _hold_not_too_many(work: UnitOfWork, person_id: UUID, now: datetime) -> None:
    """Refuse a person's third hold. Their lock makes two clicks at once count each other."""
    if holds.open_holds(work, person_id, now) >= MOST_HOLDS:
        raise refusals.too_many_holds(MOST_HOLDS)


def _take_equipment(work: UnitOfWork, row: dict[str, Any], room: Room, wish: BookSpace, now: datetime) -> None:
    take_equipment(
        work,
        row["id"],
        room.venue_id,
        list(wish.equipment),
        row["starts_at"],
        row["ends_at"],
        now,
        hold_expires_at=row["hold_expires_at"],
    )


def _insert_and_hold(work: UnitOfWork, row: dict[str, Any], room: Room, waits: bool) -> bool:
    """Store the booking under a code nobody else has; tell whether the room was free."""
    atom_ids = () if waits else room.atom_ids
    for _ in range(CODE_ATTEMPTS):
        row["pick_up_code"] = new_code()
        try:
            return bookings.insert_and_hold(work, row, atom_ids, room.venue_version)
        except bookings.CodeTaken:
            continue
    raise RuntimeError("no free pick-up code in five draws")


def _take_rest(deps: Deps, work: UnitOfWork, row: dict[str, Any], room: Room, now: datetime) -> bool:
    held = occupancies.held_by(work, row["id"])
    missed = [one for one in takings(row, room.atom_ids) if one.atom_id not in held]
    return not take_from_holds(deps, work, missed, now)


def _row(work: UnitOfWork, wish: BookSpace, booker: Booker, room: Room, terms: Terms, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "state": "requested" if terms.needs_approval else "confirmed",
        "version": 1,
        "venue_id": room.venue_id,
        "person_id": booker.person_id,
        "booked_by": work.actor.subject,
        "channel": booker.channel,
        "on_behalf_reason": booker.reason,
        "purpose": wish.purpose,
        "party_size": wish.party_size,
        "group_id": wish.group_id,
        "created_at": now,
        "hold_expires_at": None,
        "series_id": None,
        "occurrence_date": None,
        **times_of(wish.starts_at, wish.ends_at, room, terms),
    }


def times_of(starts_at: datetime, ends_at: datetime, room: Room, terms: Terms) -> dict[str, Any]:
    """What of a booking's row follows from its room, time and terms; a move replaces exactly this."""
    return {
        "space_id": room.space_id,
        "starts_at": starts_at.astimezone(UTC),
        "ends_at": ends_at.astimezone(UTC),
        "local_start": terms.local_start,
        "local_end": terms.local_end,
        "tz": room.tz,
        "regime_code": terms.regime,
        "price_version": terms.price_version,
        "price_fen_per_hour": terms.price_fen_per_hour,
        "price_fen": terms.price_fen,
        "split": terms.is_split,
        "occupied_minutes_before": room.offer.setup_minutes,
        "occupied_minutes_after": room.offer.cleanup_minutes,
    }


def _booking(row: dict[str, Any], terms: Terms) -> Booking:
    return Booking(
        booking_id=row["id"],
        version=1,
        state=row["state"],
        venue_id=row["venue_id"],
        space_id=row["space_id"],
        person_id=row["person_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        tz=row["tz"],
        regime=terms.regime,
        price_fen=terms.price_fen,
        hold_expires_at=row["hold_expires_at"],
        group_id=row["group_id"],
        parts=terms.parts if terms.is_split else (),
    )


def _tell(work: UnitOfWork, booking: Booking, booker: Booker, attempt: Attempt) -> None:
    """Leave the event and the trail. A hold is nobody else's business until it is confirmed."""
    if booking.state == "confirmed":
        work.outbox.add(events.confirmed(booking, booker.channel))
    elif booking.state == "requested":
        work.outbox.add(events.requested(booking, booker.channel))
    work.audit(
        f"booking.{booking.state}",
        "booking",
        booking.booking_id,
        {"channel": booker.channel, "space_id": booking.space_id},
        attempt.request_id,
    )
