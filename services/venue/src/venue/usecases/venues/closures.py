# SPDX-License-Identifier: Apache-2.0
"""Close a space or the whole venue for a time, and open it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.venues import closure_refusals, venue_events
from venue.domain.venues import closures as rules
from venue.store.booking import occupancies
from venue.store.booking.occupancies import Label, Taking
from venue.store.sittings import sessions
from venue.store.venues import closures
from venue.usecases.booking import shapes
from venue.usecases.booking.acquiring import tell_freed
from venue.usecases.one_act import one_act
from venue.usecases.sittings import rotas
from venue.usecases.venues.clearing import Closing, bookings_there, clear, in_the_way

KEY = (datetime.fromisoformat, UUID)


@dataclass(frozen=True)
class CloseSpace:
    """What is closed (None: the whole venue), when and why; and whether bookings and sessions in the way give way."""

    venue_id: UUID
    space_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    reason_zh: str
    reason_en: str
    cancel_bookings: bool = False


def close_space(deps: Deps, actor: Actor, command: CloseSpace, attempt: Attempt) -> Reply:
    """Close; 409 ``bookings_in_the_way`` or ``sessions_in_the_way`` with what they are, unless they are to give way."""
    return one_act(deps, actor, attempt, "close_space", lambda work: _close(deps, work, command, attempt), status=201)


def _close(
    deps: Deps, work: UnitOfWork, command: CloseSpace, attempt: Attempt
) -> tuple[dict[str, Any], dict[str, str]]:
    now = deps.clock.now()
    place = closures.place(work, command.venue_id, command.space_id)
    if place is None:
        raise refusals.unknown_venue() if command.space_id is None else refusals.unknown_space()
    rules.judge(command.starts_at, command.ends_at, ZoneInfo(place["tz"]), now)
    command = replace(command, starts_at=command.starts_at.astimezone(UTC), ends_at=command.ends_at.astimezone(UTC))
    there = Closing(place["atom_ids"], command.starts_at, command.ends_at)
    cleared = clear(deps, work, there, attempt, cancel_bookings=command.cancel_bookings)
    closure_id = uuid7()
    closures.insert(work, {"id": closure_id, "created_at": now, **_row(command)})
    label = Label(command.reason_zh, command.reason_en)
    times = (command.starts_at, command.ends_at)
    wanted = [Taking(atom, *times, closure_id=closure_id, label=label) for atom in place["atom_ids"]]
    if occupancies.take_free(work, wanted):  # somebody booked a moment ago
        raise in_the_way(bookings_there(work, there))
    tell_freed(deps, work, cleared.given_back)  # only now: what the closure took is nobody else's
    work.outbox.add(
        venue_events.closure_announced(
            closure_id, command.venue_id, command.space_id, command.starts_at, command.ends_at
        )
    )
    detail = {"venue_id": command.venue_id, "space_id": command.space_id, "cancelled": cleared.cancelled}
    work.audit("closure.announced", "closure", closure_id, detail, attempt.request_id)
    shape = _shape(closures.shown(work.connection, work.division, closure_id), attempt.language)
    return {**shape, "cancelled_bookings": cleared.cancelled}, etag(1)


def _row(command: CloseSpace) -> dict[str, Any]:
    names = ("venue_id", "space_id", "starts_at", "ends_at", "reason_zh", "reason_en")
    return {name: getattr(command, name) for name in names}


def end_closure(deps: Deps, actor: Actor, closure_id: UUID, attempt: Attempt) -> Reply:
    """Open again now, before the closure's time is over; sessions without a room try for theirs before who waits."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        row = closures.lock(work, closure_id)
        if row is None:
            raise closure_refusals.unknown_closure()
        refusals.expect_version(row["version"], attempt.if_match)
        if row["ended_at"] is not None or row["ends_at"] <= now:
            raise closure_refusals.closure_over()
        without_room = sessions.without_room(work, row["venue_id"], now)  # locked before atoms, as everybody does
        closures.end(work, closure_id, now)
        given_back = occupancies.release(work, closure_id=closure_id)
        for session in without_room:
            rotas.look_after(deps, work, session)
        tell_freed(deps, work, given_back)
        work.outbox.add(venue_events.closure_ended(closure_id, row["version"] + 1, row["venue_id"], now))
        work.audit("closure.ended", "closure", closure_id, {}, attempt.request_id)
        shape = _shape(closures.shown(work.connection, work.division, closure_id), attempt.language)
        return shape, etag(row["version"] + 1)

    return one_act(deps, actor, attempt, "end_closure", act)


def list_closures(
    deps: Deps, actor: Actor, venue_id: UUID, page: Page, language: str, *, with_past: bool
) -> dict[str, Any]:
    """A venue's closures, those first that end first; running and coming ones only unless past ones are asked for."""
    since = None if with_past else deps.clock.now()
    with deps.database.read(actor) as connection:
        rows = closures.page(connection, actor.division, venue_id, page, since=since)
    shown, cursor = page.cut(rows, lambda row: (row["ends_at"], row["id"]))
    return {"items": [_shape(row, language) for row in shown], "next_cursor": cursor}


def _shape(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    zone = ZoneInfo(row["tz"])
    return {
        "closure_id": str(row["id"]),
        "version": row["version"],
        "venue_id": str(row["venue_id"]),
        "space_id": str(row["space_id"]) if row["space_id"] else None,
        "space_name": row[f"name_{language}"],
        "starts_at": shapes.local(row["starts_at"], zone),
        "ends_at": shapes.local(row["ends_at"], zone),
        "reason": row[f"reason_{language}"],
        "reasons": {"zh": row["reason_zh"], "en": row["reason_en"]},
        "ended_at": shapes.local(row["ended_at"], zone) if row["ended_at"] else None,
    }
