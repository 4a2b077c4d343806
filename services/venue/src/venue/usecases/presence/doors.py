# SPDX-License-Identifier: Apache-2.0
"""Screens beside a door: now and next without a name, and the code that checks in who stands there.

The code must not be had from elsewhere, so a display has an address of its own that staff create, and can turn off.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.availability import BUSY, CLOSED, Interval, day_intervals
from venue.domain.opening import hours
from venue.domain.presence import door, presence_refusals
from venue.store.booking import offers, queries
from venue.store.booking.offers import Room
from venue.store.presence import doors
from venue.store.venues import queries as venue_queries
from venue.usecases.booking.shapes import local
from venue.usecases.one_act import one_act

KEY = (datetime.fromisoformat, UUID)


def create_display(deps: Deps, actor: Actor, space_id: UUID, label: str | None, attempt: Attempt) -> Reply:
    """Create a display's address. Its secret part is told here and never again."""

    def act(work: UnitOfWork) -> tuple[Any, dict[str, str]]:
        room = offers.room(work, space_id)
        if room is None:
            raise refusals.unknown_space()
        now, token = deps.clock.now(), door.new_token(work.division)
        doors.keep_secret(work, room.venue_id, door.new_secret(), now, replace=False)
        display_id = doors.insert_display(work, space_id, room.venue_id, label, door.fingerprint(token), now)
        work.audit("display.created", "display", display_id, {"space_id": space_id}, attempt.request_id)
        row = doors.one(work.connection, work.division, display_id)
        return {**_shape(row, attempt.language), "token": token}, etag(row["version"])

    return one_act(deps, actor, attempt, "create_display", act, 201)


def revoke_display(deps: Deps, actor: Actor, display_id: UUID, attempt: Attempt) -> Reply:
    """Turn a display off: its address shows nothing any more."""

    def act(work: UnitOfWork) -> tuple[Any, dict[str, str]]:
        row = doors.lock_display(work, display_id)
        if row is None:
            raise presence_refusals.unknown_display()
        refusals.expect_version(row["version"], attempt.if_match)
        if row["revoked_at"] is not None:
            raise presence_refusals.display_is_revoked()
        doors.revoke(work, display_id, deps.clock.now())
        work.audit("display.revoked", "display", display_id, request_id=attempt.request_id)
        shown = doors.one(work.connection, work.division, display_id)
        return _shape(shown, attempt.language), etag(shown["version"])

    return one_act(deps, actor, attempt, "revoke_display", act)


def renew_secret(deps: Deps, actor: Actor, venue_id: UUID, attempt: Attempt) -> Reply:
    """Make a venue's door codes of a new secret: codes shown until now check nobody in any more."""

    def act(work: UnitOfWork) -> dict[str, Any]:
        if not venue_queries.rooms_of_venue(work.connection, work.division, venue_id):
            raise refusals.unknown_venue()
        now = deps.clock.now()
        doors.keep_secret(work, venue_id, door.new_secret(), now, replace=True)
        work.audit("door_secret.renewed", "venue", venue_id, request_id=attempt.request_id)
        return {"venue_id": str(venue_id), "renewed_at": now.isoformat()}

    return one_act(deps, actor, attempt, "renew_door_secret", act)


def displays(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """Every display, latest first, without its address."""
    with deps.database.read(actor) as connection:
        rows = doors.page(connection, actor.division, page)
    shown, cursor = page.cut(rows, lambda row: (row["created_at"], row["id"]))
    return {"items": [_shape(row, language) for row in shown], "next_cursor": cursor}


def show(deps: Deps, token: str, language: str) -> dict[str, Any]:
    """What a display shows at this moment. Anything but a valid token is 404, and takes no look at the database."""
    division, now = door.division_of(token), deps.clock.now()
    if division is None or len(division) != 12:
        raise presence_refusals.unknown_display()
    with deps.database.read(Actor.system(division, "door_display")) as connection:
        space_id = doors.by_token(connection, division, door.fingerprint(token))
        room = offers.read_room(connection, division, space_id) if space_id else None
        if room is None:
            raise presence_refusals.unknown_display()
        secret = doors.secret_of(connection, division, room.venue_id)
        assert secret is not None  # made with the first display
        intervals = _today(connection, division, room, now)
    return {
        "venue_name": room.venue_name(language),
        "space_id": str(room.space_id),
        "space_name": room.name(language),
        "now": local(now, room.offer.zone),
        **_now_and_next(intervals, now, room.offer.zone),
        "check_in_code": door.code_at(secret, room.space_id, now),
        "code_changes_at": local(door.changes_at(now), room.offer.zone),
    }


def _today(connection: sa.Connection, division: str, room: Room, now: datetime) -> list[Interval]:
    zone = room.offer.zone
    day = hours.local_date(now, zone)
    midnight, end = hours.instant(day, 0, zone), hours.instant(day, 1440, zone)
    held = queries.held_atoms(connection, division, room.atom_ids, midnight, end, person_id=None, now=now)
    times = [time for atom in room.atom_ids for time in held.get(atom, ())]
    return day_intervals(day, room.offer.spans_on(day), times, zone=zone, now=midnight)


def _now_and_next(intervals: list[Interval], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The state now with its end, and the next time the room is taken today. The past is the display's own affair."""
    current = next((one for one in intervals if one.starts_at <= now < one.ends_at), None)
    following = next((one for one in intervals if one.state == BUSY and one.starts_at > now), None)
    until = current.ends_at if current else intervals[0].starts_at if now < intervals[0].starts_at else None
    return {
        "state": current.state if current else CLOSED,
        "until": local(until, zone) if until else None,
        "next": {"starts_at": local(following.starts_at, zone), "ends_at": local(following.ends_at, zone)}
        if following
        else None,
    }


def _shape(row: Any, language: str) -> dict[str, Any]:
    zone = ZoneInfo(row["tz"])
    return {
        "display_id": str(row["id"]),
        "version": row["version"],
        "space_id": str(row["space_id"]),
        "space_name": row[f"name_{language}"],
        "label": row["label"],
        "created_at": local(row["created_at"], zone),
        "revoked_at": local(row["revoked_at"], zone) if row["revoked_at"] else None,
    }
