# SPDX-License-Identifier: Apache-2.0
"""Give sessions their rooms: at the constraint, with the buffers every booking has, and never over a booking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.sittings import sitting_refusals as because
from venue.domain.sittings import sittings
from venue.domain.sittings.sittings import Session
from venue.store import due
from venue.store.booking import holdings, occupancies, offers
from venue.store.booking.holdings import Holding
from venue.store.booking.occupancies import Freed, Label, Taking
from venue.store.booking.offers import Room
from venue.store.sittings import sessions
from venue.usecases.booking.acquiring import take_from_holds, tell_freed
from venue.usecases.sittings import ticket_news

ALARM = "sittings"
CLOSED = "closed"  # the kind of regime in which a house is shut


def add(deps: Deps, work: UnitOfWork, new: Sequence[Session], now: datetime) -> list[Session]:
    """Store new sessions of one room; a date whose room is closed or taken is kept as ``unplaced`` with the reason."""
    if not new:
        return []
    room = room_of(work, new[0].space_id)
    judged = [one if _is_open(room, one) else sittings.unplaced(one, "closed") for one in new]
    sessions.insert(work, judged)
    refused = _take(deps, work, room, [one for one in judged if one.state == "planned"], now)
    left = [
        replace(one, state="unplaced", reason=refused[one.session_id]) for one in judged if one.session_id in refused
    ]
    sessions.save(work, left)
    stored = {one.session_id: one for one in [*judged, *left]}
    sessions.publish(work, [one for one in judged if one.session_id not in refused])
    for one in stored.values():
        set_alarm(work, one)
    return list(stored.values())


def set_alarm(work: UnitOfWork, session: Session) -> None:
    """Have a session looked after once it is over: whether somebody sat, or whose number was not served."""
    if session.kind == "sitting":
        due.set_alarm(work, ALARM, session.deadline)
    else:
        ticket_news.set_alarm(work, session)


def move(deps: Deps, work: UnitOfWork, session: Session, space_id: UUID) -> Session:
    """Put a session into a room, giving back the one it had. Raises Conflict where the room is closed or taken."""
    room, held = room_of(work, space_id), holdings.of_session(work, session.session_id)
    changed = sittings.placed(session, space_id)
    refused = _take_instead(deps, work, room, changed, held)
    if refused:
        raise because.room_taken(refused)
    tell_freed(deps, work, held)
    ticket_news.session_changed(work, session, changed)
    return changed


def try_again(deps: Deps, work: UnitOfWork, session: Session) -> Session:
    """Take the room anew, at the session's times; without one the date stays, unplaced."""
    room, held = room_of(work, session.space_id), holdings.of_session(work, session.session_id)
    refused = _take_instead(deps, work, room, session, held)
    tell_freed(deps, work, held)
    return sittings.unplaced(session, refused) if refused else replace(session, state="planned", reason=None)


def leave(deps: Deps, work: UnitOfWork, session: Session) -> None:
    """Give back what a session holds; whoever waits for the room hears of it in this transaction."""
    tell_freed(deps, work, occupancies.release(work, session_id=session.session_id))


def make_way(work: UnitOfWork, locked: Sequence[Session]) -> list[Freed]:
    """Let a closure have the rooms of sessions that have not begun; they stay planned dates without a room.

    Returns what they held. The caller tells who waits, once the closure has taken its time.
    """
    displaced, given_back = [], []
    for session in locked:
        given_back += occupancies.release(work, session_id=session.session_id)
        displaced.append(sittings.displaced(session))
        ticket_news.session_changed(work, session, displaced[-1])
    sessions.save(work, displaced)
    for one in displaced:
        work.audit("session.displaced", "session", one.session_id)
    return given_back


def room_of(work: UnitOfWork, space_id: UUID) -> Room:
    """Load a room of the community. Raises NotFound."""
    room = offers.room(work, space_id)
    if room is None:
        raise refusals.unknown_space()
    return room


def _take_instead(deps: Deps, work: UnitOfWork, room: Room, session: Session, held: Sequence[Holding]) -> str | None:
    """Take the room and give up what the session held; return why it could not be had, or None."""
    if not _is_open(room, session):
        holdings.let_go(work, [one.holding_id for one in held])
        return "closed"
    return _take(deps, work, room, [session], deps.clock.now(), held).get(session.session_id)


def _is_open(room: Room, session: Session) -> bool:
    """Tell whether the room is open then: hours kept for offices and desks are what sessions are for."""
    spans = room.offer.spans_on(session.on_date)
    return sittings.is_open(session, [one for one in spans if room.offer.nature(one.regime).kind != CLOSED])


def _take(
    deps: Deps, work: UnitOfWork, room: Room, wanted: Sequence[Session], now: datetime, held: Sequence[Holding] = ()
) -> dict[UUID, str]:
    """Take every atom of the room for every session, instead of what is ``held``.

    Returns why where one got less than all, and gives that back.
    """
    before, after = room.offer.setup, room.offer.cleanup
    takings = [
        Taking(
            atom,
            one.starts_at - before,
            one.ends_at + after,
            session_id=one.session_id,
            label=Label(one.title_zh, one.title_en),
        )
        for one in wanted
        for atom in room.atom_ids
    ]
    got = holdings.take_instead(work, held, takings)
    missed = {one.session_id for one in take_from_holds(deps, work, got.missed, now)}
    holdings.let_go(work, got.still_held)
    refused = {}
    for one in wanted:
        if one.session_id in missed:
            occupancies.release(work, session_id=one.session_id)
            is_closed = sessions.closed_by(work, room.atom_ids, one.starts_at - before, one.ends_at + after)
            refused[one.session_id] = "closed" if is_closed else "taken"
    return refused
