# SPDX-License-Identifier: Apache-2.0
"""Make, list and revoke calendar feeds. The address is told once; only its hash is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.calendars.tokens import new_token
from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.calendars.calendar import MOST_FEEDS, Feed
from venue.domain.money import money_refusals
from venue.store import person_lock
from venue.store.calendars import calendar_feeds
from venue.usecases.one_act import one_act

ADDRESS = "/api/venue/v1/calendars/{}.ics"


@dataclass(frozen=True)
class MakeFeed:
    """What a feed is to tell of, and what its maker calls it."""

    kind: str
    space_id: UUID | None = None
    venue_id: UUID | None = None
    label: str | None = None


def create_calendar_feed(deps: Deps, actor: Actor, command: MakeFeed, attempt: Attempt) -> Reply:
    """Make a feed: one's own with ``venue.book``, of a room, venue or the community at the counter."""
    if not deps.calendar_secret:
        raise money_refusals.calendars_off()
    _check(actor, command)

    def act(work: UnitOfWork) -> dict[str, Any]:
        person_id = _person(actor) if command.kind == "person" else None
        place = (command.space_id, command.venue_id)
        feed = Feed(uuid7(), command.kind, attempt.language, person_id, *place, command.label and command.label.strip())
        if any(place) and not calendar_feeds.name(work.connection, work.division, feed, "zh"):
            raise refusals.unknown_space() if feed.space_id else refusals.unknown_venue()
        person_lock.take(work, person_id)
        if len(calendar_feeds.shown(work.connection, work.division, person_id)) >= MOST_FEEDS:
            raise money_refusals.too_many_feeds(MOST_FEEDS)
        text, token = new_token(deps.calendar_secret, work.division)
        calendar_feeds.insert(work, feed, token.digest, deps.clock.now())
        work.audit("calendar_feed.created", "calendar_feed", feed.feed_id, {"kind": feed.kind}, attempt.request_id)
        (row,) = calendar_feeds.shown(work.connection, work.division, person_id, feed.feed_id)
        return shape(row, attempt.language) | {"address": ADDRESS.format(text)}

    return _once(deps, actor, attempt, "create_calendar_feed", act, 201)


def list_calendar_feeds(deps: Deps, actor: Actor, language: str) -> dict[str, Any]:
    """One's own feeds, or at the counter those of the community."""
    with deps.database.read(actor) as connection:
        rows = calendar_feeds.shown(connection, actor.division, _whose(actor))
    return {"items": [shape(row, language) for row in rows]}


def revoke_calendar_feed(deps: Deps, actor: Actor, feed_id: UUID, attempt: Attempt) -> Reply:
    """Revoke one's own feed, or at the counter one of the community; once is for ever."""

    def act(work: UnitOfWork) -> dict[str, Any]:
        if not calendar_feeds.shown(work.connection, work.division, _whose(actor), feed_id):
            raise money_refusals.unknown_feed()
        calendar_feeds.revoke(work, feed_id, deps.clock.now())
        work.audit("calendar_feed.revoked", "calendar_feed", feed_id, {}, attempt.request_id)
        (row,) = calendar_feeds.shown(work.connection, work.division, _whose(actor), feed_id)
        return shape(row, attempt.language)

    return _once(deps, actor, attempt, "revoke_calendar_feed", act, 200)


def shape(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What its owner sees of a feed."""
    return {
        "feed_id": str(row["id"]),
        "kind": row["kind"],
        "space_id": row["space_id"] and str(row["space_id"]),
        "venue_id": row["venue_id"] and str(row["venue_id"]),
        "name": row[f"name_{language}"],
        "label": row["label"],
        "created_at": row["created_at"].astimezone(UTC).isoformat(),
        "revoked_at": row["revoked_at"] and row["revoked_at"].astimezone(UTC).isoformat(),
    }


def _once(deps: Deps, actor: Actor, attempt: Attempt, operation: str, act: Any, status: int) -> Reply:
    return one_act(deps, actor, attempt, operation, act, status)


def _check(actor: Actor, command: MakeFeed) -> None:
    actor.require("venue.book" if command.kind == "person" else "venue.counter")
    places = {"room": command.space_id, "venue": command.venue_id}
    if any((command.kind == kind) != (place is not None) for kind, place in places.items()):
        raise money_refusals.feed_needs_a_place()


def _whose(actor: Actor) -> UUID | None:
    """The counter looks after the community's feeds, everybody else after their own."""
    return None if "venue.counter" in actor.permissions else _person(actor)


def _person(actor: Actor) -> UUID:
    try:
        return UUID(actor.subject)
    except ValueError:
        raise refusals.only_persons_book() from None
