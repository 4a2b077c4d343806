# SPDX-License-Identifier: Apache-2.0
"""Telling people what happened to what is theirs: once for each matter, and never again after they have read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.errors import NotFound, PreconditionFailed
from chassis.events import Event
from chassis.http import Call, Reply, etag
from chassis.inbox import Received
from chassis.pagination import Page

from engagement.deps import TIME_ZONE, Deps
from engagement.domain import notices as rules
from engagement.domain.notices import News
from engagement.store import notices as store
from engagement.usecases.callers import own_person, require_community

RAISED = "linli.engagement.notice.raised.v1"
SETTLED = "linli.engagement.notice.settled.v1"
FORGET = "forget_notices"
AT_ONCE = 500
_SOONEST = ("notice_id", "kind", "subject_id", "booking_id", "starts_at", "ends_at", "expires_at")
_KEY = (datetime.fromisoformat, UUID)


def tell(deps: Deps, work: UnitOfWork, event: Received, news: News) -> None:
    """Keep what an event means for its person and have it delivered; an older or known one changes nothing.

    What arrives late, after something newer of the same matter, only fills in facts. Commits nothing.
    """
    now = deps.clock.now()
    if rules.is_stale(event.time, now):
        return
    kind = news.told_kind(event.office)
    kept = store.keep(work, news, kind, event.sequence, now)
    if kept is None:
        store.fill_in(work, news)
    elif kind is not None:
        work.outbox.add(_raised(news, kind, kept, now))
    elif kept["version"] > 1:
        work.outbox.add(_settled(news.person_id, kept["notice_id"], kept["version"], "superseded"))


def list_my_notices(deps: Deps, call: Call, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """Return a page of what the caller was told, whether anything is unread, and what runs out first."""
    person_id, division = own_person(call.actor), call.actor.division
    wanted = Page.parse(cursor, limit, _KEY)
    with deps.database.read(call.actor) as connection:
        rows, following = store.page(connection, division, person_id, wanted)
        unread = store.has_unread(connection, division, person_id)
        soonest = store.soonest(connection, division, person_id, deps.clock.now())
    return {
        "items": [_shape(row) for row in rows],
        "next_cursor": following,
        "has_unread": unread,
        "soonest": {name: soonest[name] for name in _SOONEST} if soonest else None,
    }


def mark_read(deps: Deps, call: Call, notice_id: UUID) -> Reply:
    """Mark one notice as read, in the version that was seen: what has been told since stays unread."""
    person_id = own_person(call.actor)
    require_community(call.actor)

    def act() -> Any:
        seen = store.lock(work, person_id, notice_id)
        if seen is None:
            raise NotFound("notice_not_found", zh="没有找到这条通知。", en="There is no such notice.")
        if call.if_match != seen["version"]:
            raise PreconditionFailed()
        if seen["read_at"] is None:
            version = store.mark_read(work, notice_id, deps.clock.now())
            work.outbox.add(_settled(person_id, notice_id, version, "read"))
            work.audit("notice.read", "notice", notice_id, request_id=call.request_id)
        shown = store.one(work.connection, work.division, person_id, notice_id)
        assert shown is not None  # locked above
        return _shape(shown), etag(shown["version"])

    with deps.database.unit_of_work(call.actor) as work:
        reply = work.once(call, "mark_notice_read", act, status=200)
        work.commit()
    return reply


def mark_all_read(deps: Deps, call: Call, until: datetime) -> Reply:
    """Mark as read what was told until the latest notice that was shown."""
    person_id = own_person(call.actor)
    require_community(call.actor)

    def act() -> dict[str, Any]:
        read = store.mark_all_read(work, person_id, until, deps.clock.now(), AT_ONCE)
        for row in sorted(read, key=lambda one: one["notice_id"]):
            work.outbox.add(_settled(person_id, row["notice_id"], row["version"], "read"))
        work.audit("notice.all_read", "person", person_id, {"notices": len(read)}, request_id=call.request_id)
        return {"has_unread": store.has_unread(work.connection, work.division, person_id)}

    with deps.database.unit_of_work(call.actor) as work:
        reply = work.once(call, "mark_all_read", act, status=200)
        work.commit()
    return reply


def forget(deps: Deps) -> int:
    """Forget what was read long ago, and what nobody has read for a year; return how many.

    Some at a time, each in a transaction of its own: however much has grown old, none of them is long.
    """
    now = deps.clock.now()
    forgotten, some = 0, AT_ONCE
    while some == AT_ONCE:
        with deps.database.sweep(Actor.system("", FORGET)) as work:
            some = store.forget(work, now - rules.READ_KEPT, now - rules.UNREAD_KEPT, AT_ONCE)
            work.commit()
        forgotten += some
    return forgotten


def _raised(news: News, kind: str, kept: Mapping[str, Any], now: datetime) -> Event:
    urgent = rules.is_urgent(kind, kept["starts_at"], now)
    data = {
        "notice_id": kept["notice_id"],
        "person_id": news.person_id,
        "kind": kind,
        "matter": news.matter,
        "subject_id": news.subject_id,
        "urgency": "urgent" if urgent else "normal",
        "not_before": rules.not_before(now, TIME_ZONE, urgent=urgent).astimezone(UTC),
    }
    return Event(RAISED, kept["notice_id"], kept["version"], data)


def _settled(person_id: UUID, notice_id: UUID, version: int, how: str) -> Event:
    return Event(SETTLED, notice_id, version, {"notice_id": notice_id, "person_id": person_id, "how": how})


def _shape(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name != "read_at"}
    return {**shown, "is_read": row["read_at"] is not None}
