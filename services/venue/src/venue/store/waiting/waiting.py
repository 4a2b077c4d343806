# SPDX-License-Identifier: Apache-2.0
"""The waiting list's rows: the queue in order, one entry locked at a time, and what callers read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.waiting.waiting import Entry, Wish
from venue.store.tables import bookings, occupancies, space_atoms, spaces, venues
from venue.store.waiting.waiting_tables import waiting_entries

_entry = waiting_entries.c
OPEN = ("waiting", "offered")
Place = tuple[datetime, UUID]  # in the order of the list


@dataclass(frozen=True)
class EntryFilter:
    """Which entries a list shows; None means any."""

    person_id: UUID | None = None
    entry_id: UUID | None = None
    venue_id: UUID | None = None
    state: str | None = None


def insert(work: UnitOfWork, entry: Entry) -> bool:
    """Store a new entry; False where the same wish of the same person stands already."""
    row = {"division_code": work.division, "id": entry.entry_id, "venue_id": entry.venue_id, **_facts(entry)}
    stored = work.execute(
        pg.insert(waiting_entries)
        .values({**row, **_wish(entry.wish), "person_id": entry.person_id, "channel": entry.channel,
                 "on_behalf_reason": entry.on_behalf_reason, "created_at": entry.created_at})
        .on_conflict_do_nothing(
            index_elements=[_entry.division_code, _entry.person_id, _entry.space_id, _entry.starts_at, _entry.ends_at],
            index_where=sa.text("state IN ('waiting', 'offered')"),
        )
        .returning(_entry.id)
    )  # fmt: skip
    return stored.first() is not None


def save(work: UnitOfWork, entry: Entry) -> None:
    """Store what may change in an entry that was locked before."""
    work.execute(
        sa.update(waiting_entries)
        .where(_entry.division_code == work.division, _entry.id == entry.entry_id)
        .values(_facts(entry))
    )


def count_open(work: UnitOfWork, person_id: UUID) -> int:
    """How many wishes of a person stand."""
    return work.execute(
        sa.select(func.count()).where(
            _entry.division_code == work.division, _entry.person_id == person_id, _entry.state.in_(OPEN)
        )
    ).scalar_one()


def queue(work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime, limit: int) -> list[UUID]:
    """Who waits for any of these atoms in this time, in order. Nothing is locked yet: see ``lock_waiting``."""
    atom = space_atoms.c
    shares = sa.exists().where(
        atom.division_code == _entry.division_code, atom.space_id == _entry.space_id, atom.atom_id.in_(atom_ids)
    )
    query = (
        sa.select(_entry.id)
        .where(
            _entry.division_code == work.division,
            _entry.state == "waiting",
            _entry.starts_at < ends_at,
            _entry.ends_at > starts_at,
            shares,
        )
        .order_by(_entry.created_at, _entry.id)
        .limit(limit)
    )
    return list(work.execute(query).scalars())


def queue_of_all(work: UnitOfWork, now: datetime, after: Place | None, limit: int) -> list[Place]:
    """Who waits for a time that may still begin, in order, from the place behind ``after`` on."""
    place = sa.tuple_(_entry.created_at, _entry.id)
    query = (
        sa.select(_entry.created_at, _entry.id)
        .where(_entry.division_code == work.division, _entry.state == "waiting", _entry.ends_at > now)
        .order_by(_entry.created_at, _entry.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(place > sa.tuple_(*after))
    return [(row.created_at, row.id) for row in work.execute(query)]


def lock(work: UnitOfWork, entry_id: UUID) -> Entry | None:
    """Load an entry for a change."""
    return _one(work, _entry.id == entry_id, skip_locked=False)


def lock_waiting(work: UnitOfWork, entry_id: UUID) -> Entry | None:
    """Load an entry that still waits; None where it does not, or where another transaction is serving it."""
    return _one(work, (_entry.id == entry_id) & (_entry.state == "waiting"), skip_locked=True)


def lock_offered(work: UnitOfWork, booking_id: UUID) -> Entry | None:
    """Load the entry to which this held booking was offered."""
    return _one(work, (_entry.offer_booking_id == booking_id) & (_entry.state == "offered"), skip_locked=False)


def lock_past(work: UnitOfWork, now: datetime, limit: int) -> list[Entry]:
    """Load waiting entries whose last possible start has passed."""
    return _several(work, _last_start() <= now, limit)


def lock_of_space(work: UnitOfWork, space_id: UUID) -> list[Entry]:
    """Load everybody who waits for a room, but for those whom another transaction is serving."""
    return _several(work, _entry.space_id == space_id)


def _last_start() -> sa.ColumnElement[datetime]:
    return _entry.ends_at - func.make_interval(0, 0, 0, 0, 0, _entry.minutes)


def _several(work: UnitOfWork, which: sa.ColumnElement[bool], limit: int | None = None) -> list[Entry]:
    query = (
        sa.select(waiting_entries)
        .where(_entry.division_code == work.division, _entry.state == "waiting", which)
        .order_by(_entry.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_read(row) for row in work.execute(query).mappings()]


def offer_minutes(work: UnitOfWork, venue_id: UUID) -> int:
    """How long the venue keeps an offer."""
    query = sa.select(venues.c.offer_minutes).where(venues.c.division_code == work.division, venues.c.id == venue_id)
    return work.execute(query).scalar_one()


def hold_still(work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime) -> None:
    """Wait until nobody is taking back a booking of this time, and let nobody until the end of the transaction.

    So a wish is stored before the cancellation looks for it, or after the time it freed can be seen.
    """
    held = occupancies.c
    blocking = sa.select(held.booking_id).where(
        held.division_code == work.division,
        held.atom_id.in_(atom_ids),
        held.active,
        held.ends_at > starts_at,
        held.starts_at < ends_at,
    )
    work.execute(
        sa.select(bookings.c.id)
        .where(bookings.c.division_code == work.division, bookings.c.id.in_(blocking))
        .order_by(bookings.c.id)
        .with_for_update(read=True)
    ).all()


def page(
    connection: sa.Connection, division: str, wanted: EntryFilter, page: Page, *, latest_first: bool
) -> list[Mapping[str, Any]]:
    """A page of entries with their names and how many are ahead."""
    key = (_entry.created_at, _entry.id)
    query = (
        _shown(division, wanted)
        .where(page.clause(*key, descending=latest_first))
        .order_by(*(column.desc() if latest_first else column for column in key))
        .limit(page.limit + 1)
    )
    return list(connection.execute(query).mappings())


def one(connection: sa.Connection, division: str, entry_id: UUID) -> Mapping[str, Any]:
    """An entry as callers see it."""
    return connection.execute(_shown(division, EntryFilter(entry_id=entry_id))).mappings().one()


def _shown(division: str, wanted: EntryFilter) -> sa.Select[Any]:
    in_line = waiting_entries.alias("ahead")
    theirs, own, ahead = space_atoms.alias("theirs").c, space_atoms.alias("own").c, in_line.c
    shares = (
        sa.exists()
        .where(  # as ``queue`` serves them: whoever waits for a room of the house, or for all of it
            theirs.division_code == division,
            theirs.space_id == ahead.space_id,
            own.division_code == division,
            own.space_id == _entry.space_id,
            own.atom_id == theirs.atom_id,
        )
        .correlate(in_line, waiting_entries)
    )
    in_front = (
        sa.select(func.count())
        .where(
            ahead.division_code == division,
            ahead.state == "waiting",
            shares,
            ahead.starts_at < _entry.ends_at,
            ahead.ends_at > _entry.starts_at,
            sa.tuple_(ahead.created_at, ahead.id) < sa.tuple_(_entry.created_at, _entry.id),
        )
        .scalar_subquery()
    )
    here = sa.and_(spaces.c.division_code == _entry.division_code, spaces.c.id == _entry.space_id)
    house = sa.and_(venues.c.division_code == _entry.division_code, venues.c.id == _entry.venue_id)
    offer = sa.and_(
        bookings.c.division_code == _entry.division_code,
        bookings.c.id == _entry.offer_booking_id,
    )
    query = (
        sa.select(
            waiting_entries,
            in_front.label("ahead"),
            spaces.c.name_zh,
            spaces.c.name_en,
            venues.c.name_zh.label("venue_name_zh"),
            venues.c.name_en.label("venue_name_en"),
            venues.c.tz,
            bookings.c.version.label("offer_version"),
            bookings.c.starts_at.label("offer_starts_at"),
            bookings.c.ends_at.label("offer_ends_at"),
            bookings.c.price_fen.label("offer_price_fen"),
        )
        .join_from(waiting_entries, spaces, here)
        .join(venues, house)
        .outerjoin(bookings, offer)
        .where(_entry.division_code == division)
    )
    for column, value in (
        (_entry.person_id, wanted.person_id),
        (_entry.id, wanted.entry_id),
        (_entry.venue_id, wanted.venue_id),
        (_entry.state, wanted.state),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def _one(work: UnitOfWork, which: sa.ColumnElement[bool], *, skip_locked: bool) -> Entry | None:
    query = sa.select(waiting_entries).where(_entry.division_code == work.division, which)
    row = work.execute(query.with_for_update(skip_locked=skip_locked)).mappings().one_or_none()
    return _read(row) if row else None


def _read(row: Mapping[str, Any]) -> Entry:
    wish = Wish(row["space_id"], row["starts_at"], row["ends_at"], row["minutes"], row["party_size"])
    same = ("version", "state", "venue_id", "person_id", "channel", "on_behalf_reason", "created_at", "offered_at",
            "offer_booking_id", "offer_expires_at", "refused_code", "ended_at")  # fmt: skip
    return Entry(entry_id=row["id"], wish=wish, **{name: row[name] for name in same})


def _wish(wish: Wish) -> dict[str, Any]:
    return {
        "space_id": wish.space_id,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "minutes": wish.minutes,
        "party_size": wish.party_size,
    }


def _facts(entry: Entry) -> dict[str, Any]:
    names = ("version", "state", "offered_at", "offer_booking_id", "offer_expires_at", "refused_code", "ended_at")
    return {name: getattr(entry, name) for name in names}
