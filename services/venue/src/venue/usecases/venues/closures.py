# SPDX-License-Identifier: Apache-2.0
"""Close a space or the whole venue for a time, and open it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import events, refusals
from venue.domain.booking.booking import Booking
from venue.domain.venues import closure_refusals, venue_events
from venue.domain.venues import closures as rules
from venue.store.booking import bookings, occupancies, quota_uses
from venue.store.booking.occupancies import Freed, Label, Taking
from venue.store.venues import closures
from venue.store.venues.equipment import release_equipment
from venue.usecases.booking import shapes
from venue.usecases.booking.acquiring import tell_freed
from venue.usecases.sittings import session_rooms
from venue.usecases.waiting.freed import look_again_at, offer_answered

KEY = (datetime.fromisoformat, UUID)
CANCELLABLE = ("held", "confirmed")
REASON = "closure"


@dataclass(frozen=True)
class CloseSpace:
    """What is closed (None: the whole venue), when and why; and whether bookings in the way are cancelled."""

    venue_id: UUID
    space_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    reason_zh: str
    reason_en: str
    cancel_bookings: bool = False


def close_space(deps: Deps, actor: Actor, command: CloseSpace, attempt: Attempt) -> Reply:
    """Close; 409 ``bookings_in_the_way`` with their codes where people have booked, unless they are to be cancelled."""

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, "close_space", lambda: _close(deps, work, command, attempt))
            work.commit()
            return reply

    return retry_conflicts(once)


def _close(
    deps: Deps, work: UnitOfWork, command: CloseSpace, attempt: Attempt
) -> tuple[dict[str, Any], dict[str, str]]:
    now = deps.clock.now()
    place = closures.place(work, command.venue_id, command.space_id)
    if place is None:
        raise refusals.unknown_venue() if command.space_id is None else refusals.unknown_space()
    rules.judge(command.starts_at, command.ends_at, ZoneInfo(place["tz"]), now)
    cancelled = _clear(deps, work, command, place["atom_ids"], attempt)
    closure_id = uuid7()
    closures.insert(work, {"id": closure_id, "created_at": now, **_row(command)})
    label = Label(command.reason_zh, command.reason_en)
    missed = occupancies.take(
        work,
        [
            Taking(atom, command.starts_at, command.ends_at, closure_id=closure_id, label=label)
            for atom in place["atom_ids"]
        ],
        now,
    )
    if missed:  # somebody booked a moment ago
        raise _in_the_way(_bookings(work, command, place["atom_ids"]))
    for booking, times in cancelled:  # only now: what the closure took is nobody else's
        tell_freed(deps, work, booking.venue_id, booking.space_id, times)
    work.outbox.add(
        venue_events.closure_announced(
            closure_id, command.venue_id, command.space_id, command.starts_at, command.ends_at
        )
    )
    detail = {"venue_id": command.venue_id, "space_id": command.space_id, "cancelled": len(cancelled)}
    work.audit("closure.announced", "closure", closure_id, detail, attempt.request_id)
    shape = _shape(closures.shown(work.connection, work.division, closure_id), attempt.language)
    return {**shape, "cancelled_bookings": len(cancelled)}, etag(1)


def _row(command: CloseSpace) -> dict[str, Any]:
    names = ("venue_id", "space_id", "starts_at", "ends_at", "reason_zh", "reason_en")
    return {name: getattr(command, name) for name in names}


def _bookings(work: UnitOfWork, command: CloseSpace, atom_ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    return closures.bookings_in_the_way(work, atom_ids, command.starts_at, command.ends_at)


def _in_the_way(found: Sequence[Mapping[str, Any]]) -> Exception:
    if not found:
        return closure_refusals.already_closed()
    codes = [row["pick_up_code"] for row in found]
    return closure_refusals.bookings_in_the_way(
        codes, guests_are_in=any(row["state"] not in CANCELLABLE for row in found)
    )


def _clear(
    deps: Deps, work: UnitOfWork, command: CloseSpace, atom_ids: Sequence[UUID], attempt: Attempt
) -> list[tuple[Booking, list[Freed]]]:
    """Cancel what is in the way if that was asked for; return it with what each gave back."""
    found = _bookings(work, command, atom_ids)
    if found and (not command.cancel_bookings or any(row["state"] not in CANCELLABLE for row in found)):
        raise _in_the_way(found)
    session_rooms.make_way(work, atom_ids, command.starts_at, command.ends_at, deps.clock.now())
    if closures.others_in_the_way(work, atom_ids, command.starts_at, command.ends_at):
        raise closure_refusals.already_closed()
    cancelled = (_cancel(deps, work, booking_id, attempt) for booking_id in sorted(row["id"] for row in found))
    return [one for one in cancelled if one is not None]


def _cancel(deps: Deps, work: UnitOfWork, booking_id: UUID, attempt: Attempt) -> tuple[Booking, list[Freed]] | None:
    booking = bookings.lock(work, booking_id)
    if booking is None or booking.state not in CANCELLABLE:
        return None  # it ended by itself, or its guests came this moment: then taking the atoms tells
    cancelled = replace(
        booking,
        version=booking.version + 1,
        state="cancelled",
        cancelled_at=deps.clock.now(),
        hold_expires_at=None,
        ended_reason=REASON,
    )
    bookings.save(work, cancelled)
    given_back = occupancies.release(work, booking_id=booking_id)
    release_equipment(work, booking_id)
    quota_uses.give_back(work, [booking_id])
    if booking.state == "held":
        offer_answered(deps, work, booking_id, "left")
    else:
        work.outbox.add(events.cancelled(cancelled, "counter", REASON))
    detail = {"channel": "counter", "reason": REASON}
    work.audit("booking.cancelled", "booking", booking_id, detail, attempt.request_id)
    return cancelled, given_back


def end_closure(deps: Deps, actor: Actor, closure_id: UUID, attempt: Attempt) -> Reply:
    """Open again now, before the closure's time is over."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        row = closures.lock(work, closure_id)
        if row is None:
            raise closure_refusals.unknown_closure()
        refusals.expect_version(row["version"], attempt.if_match)
        if row["ended_at"] is not None or row["ends_at"] <= now:
            raise closure_refusals.closure_over()
        closures.end(work, closure_id, now)
        occupancies.release(work, closure_id=closure_id)
        look_again_at(work, now)
        work.outbox.add(venue_events.closure_ended(closure_id, row["version"] + 1, row["venue_id"], now))
        work.audit("closure.ended", "closure", closure_id, {}, attempt.request_id)
        shape = _shape(closures.shown(work.connection, work.division, closure_id), attempt.language)
        return shape, etag(row["version"] + 1)

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, "end_closure", lambda: act(work), status=200)
            work.commit()
            return reply

    return retry_conflicts(once)


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
