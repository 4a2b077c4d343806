# SPDX-License-Identifier: Apache-2.0
"""Join and leave the waiting list, and see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.offer import Terms
from venue.domain.opening import hours
from venue.domain.waiting import waiting as rules
from venue.domain.waiting import waiting_events, waiting_refusals
from venue.domain.waiting.waiting import Entry, Wish
from venue.store import person_lock
from venue.store.booking import offers
from venue.store.booking.offers import Room
from venue.store.waiting import waiting
from venue.store.waiting.waiting import EntryFilter
from venue.usecases.booking import shapes
from venue.usecases.on_behalf import person, who
from venue.usecases.one_act import one_act
from venue.usecases.waiting import freed, waiting_shapes
from venue.usecases.waiting.free_starts import free_among

KEY = (datetime.fromisoformat, UUID)
SHOWN_AS_FREE = 3


@dataclass(frozen=True)
class JoinWaitingList:
    """A wish to wait for a room."""

    wish: Wish
    on_behalf_of: Mapping[str, Any] | None = None


def join(deps: Deps, actor: Actor, command: JoinWaitingList, attempt: Attempt) -> Reply:
    """Wait for a time that is taken; 409 ``slot_is_free`` with what can be booked where it is not."""

    return one_act(deps, actor, attempt, "join_waiting_list", lambda work: _join(deps, work, command, attempt), 201)


def _join(deps: Deps, work: UnitOfWork, command: JoinWaitingList, attempt: Attempt) -> tuple[Any, dict[str, str]]:
    waits, now, wish = who(work.actor, command.on_behalf_of), deps.clock.now(), command.wish
    room = offers.room(work, wish.space_id, waits.person_id)
    if room is None:
        raise refusals.unknown_space()
    granted = _granted(room, wish, now, waits.channel == "counter")
    person_lock.take(work, waits.person_id)
    if waiting.count_open(work, waits.person_id) >= rules.MOST_AT_ONCE:
        raise waiting_refusals.too_many_wishes(rules.MOST_AT_ONCE)
    waiting.hold_still(work, room.atom_ids, wish.starts_at, wish.ends_at)
    if free := free_among(work, room, wish, granted):
        raise waiting_refusals.slot_is_free(_bookable(room, wish, free[:SHOWN_AS_FREE], granted, attempt.language))
    entry = Entry(
        entry_id=uuid7(),
        version=1,
        state="waiting",
        venue_id=room.venue_id,
        person_id=waits.person_id,
        channel=waits.channel,
        on_behalf_reason=waits.reason,
        wish=wish,
        created_at=now,
    )
    if not waiting.insert(work, entry):
        raise waiting_refusals.already_waiting()
    work.outbox.add(waiting_events.joined(entry))
    detail = {"channel": entry.channel, "space_id": wish.space_id}
    work.audit("waiting.joined", "waiting_entry", entry.entry_id, detail, attempt.request_id)
    freed.look_again_at(work, wish.last_start)
    return _answer(deps, work, entry.entry_id, attempt)


def _granted(room: Room, wish: Wish, now: datetime, at_counter: bool) -> dict[datetime, Terms]:
    """Return the starts that could be booked at once if they were free; refuse what nobody could book anyway."""
    rules.expect_sensible(wish, now)
    if not hours.is_on_grain(wish.starts_at, room.offer.zone):
        raise refusals.not_on_grain()
    granted = rules.granted_starts(room.offer, wish, now, at_counter=at_counter)
    if not granted:
        raise rules.refusal(room.offer, wish, now, at_counter=at_counter)
    at_once = rules.without_asking(granted)
    if not at_once:
        raise waiting_refusals.ask_instead()
    return at_once


def _bookable(
    room: Room, wish: Wish, starts: list[datetime], granted: dict[datetime, Terms], language: str
) -> list[dict[str, Any]]:
    """Shape what can be booked right away, like the alternatives of a booking that was refused."""
    zone = room.offer.zone
    return [
        {
            "space_id": str(room.space_id),
            "space_name": room.name(language),
            "starts_at": shapes.local(start, zone),
            "ends_at": shapes.local(start + wish.length, zone),
            "price_fen": granted[start].price_fen,
        }
        for start in starts
    ]


def leave(deps: Deps, actor: Actor, entry_id: UUID, attempt: Attempt) -> Reply:
    """Leave the list: one's own place, or any at the counter."""

    def act(work: UnitOfWork) -> tuple[Any, dict[str, str]]:
        entry = waiting.lock(work, entry_id)
        if entry is None or not _may(actor, entry):
            raise waiting_refusals.unknown_entry()
        refusals.expect_version(entry.version, attempt.if_match)
        rules.leave(entry, deps.clock.now())
        freed.end(work, entry, "left", deps.clock.now())
        return _answer(deps, work, entry_id, attempt)

    return one_act(deps, actor, attempt, "leave_waiting_list", act)


def my_entries(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """The caller's own entries, latest first."""
    return _page(deps, actor, EntryFilter(person_id=person(actor)), page, language, latest_first=True)


def all_entries(deps: Deps, actor: Actor, wanted: EntryFilter, page: Page, language: str) -> dict[str, Any]:
    """The list as the counter sees it, longest waiting first."""
    return _page(deps, actor, wanted, page, language, latest_first=False)


def _page(
    deps: Deps, actor: Actor, wanted: EntryFilter, page: Page, language: str, *, latest_first: bool
) -> dict[str, Any]:
    with deps.database.read(actor) as connection:
        rows = waiting.page(connection, actor.division, wanted, page, latest_first=latest_first)
    shown, cursor = page.cut(rows, lambda row: (row["created_at"], row["id"]))
    return {"items": [waiting_shapes.entry(row, actor, language) for row in shown], "next_cursor": cursor}


def _may(actor: Actor, entry: Entry) -> bool:
    own = str(entry.person_id) == actor.subject and "venue.book" in actor.permissions
    return own or "venue.counter" in actor.permissions


def _answer(deps: Deps, work: UnitOfWork, entry_id: UUID, attempt: Attempt) -> tuple[Any, dict[str, str]]:
    row = waiting.one(work.connection, work.division, entry_id)
    return waiting_shapes.entry(row, work.actor, attempt.language), etag(row["version"])
