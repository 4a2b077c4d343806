# SPDX-License-Identifier: Apache-2.0
"""Give a mark, hear an appeal, decide it; and keep in step until when somebody is paused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking.booking import Booking
from venue.domain.opening import hours
from venue.domain.presence import marks as rules
from venue.domain.presence import marks_refusals, presence_events
from venue.domain.presence.marks import Mark
from venue.store.presence import marks
from venue.store.presence.marks import MarkFilter
from venue.usecases.on_behalf import person
from venue.usecases.one_act import one_act
from venue.usecases.presence import marks_shapes

KEY = (datetime.fromisoformat, UUID)


def give(work: UnitOfWork, booking: Booking, kind: str, now: datetime) -> Mark | None:
    """Give the person of a booking a mark, unless they are exempt; in the transaction of what brought it about."""
    on = hours.local_date(booking.starts_at, ZoneInfo(booking.tz))
    if marks.is_exempt(work, booking.person_id, on):
        return None
    policy = marks.policy(work, booking.venue_id)
    mark = Mark(
        mark_id=uuid7(),
        version=1,
        state="standing",
        kind=kind,
        venue_id=booking.venue_id,
        booking_id=booking.booking_id,
        person_id=booking.person_id,
        given_at=now,
        expires_at=now + timedelta(days=policy.marks_days),
    )
    if not marks.insert(work, mark):
        return None
    work.outbox.add(presence_events.given(mark))
    work.audit("mark.given", "mark", mark.mark_id, {"kind": kind, "booking_id": booking.booking_id})
    _keep_pause(work, mark, now)
    return mark


def withdraw(work: UnitOfWork, booking_id: UUID, reason: str, now: datetime) -> None:
    """Excuse the mark of a booking whose guests, as it turned out, did come."""
    mark = marks.lock_of_booking(work, booking_id)
    if mark is not None and mark.state != "excused":
        _store(work, rules.excuse(mark, reason, work.actor.subject, now), "mark.excused", now)


def appeal(deps: Deps, actor: Actor, mark_id: UUID, text: str, attempt: Attempt) -> Reply:
    """Appeal against one's own mark."""

    def change(mark: Mark, now: datetime) -> Mark:
        if mark.person_id != person(actor):
            raise marks_refusals.unknown_mark()
        return rules.appeal(mark, text, now)

    return _change(deps, actor, mark_id, attempt, "appeal_mark", change)


def decide(deps: Deps, actor: Actor, mark_id: UUID, outcome: str, reason: str, attempt: Attempt) -> Reply:
    """Answer an appeal."""
    return _change(
        deps, actor, mark_id, attempt, "decide_appeal",
        lambda mark, now: rules.decide(mark, outcome, reason, actor.subject, now),
    )  # fmt: skip


def excuse(deps: Deps, actor: Actor, mark_id: UUID, reason: str, attempt: Attempt) -> Reply:
    """Take a mark away without an appeal."""
    return _change(
        deps, actor, mark_id, attempt, "excuse_mark", lambda mark, now: rules.excuse(mark, reason, actor.subject, now)
    )


def _change(
    deps: Deps, actor: Actor, mark_id: UUID, attempt: Attempt, operation: str, change: Callable[[Mark, datetime], Mark]
) -> Reply:
    def act(work: UnitOfWork) -> tuple[Any, dict[str, str]]:
        mark, now = marks.lock(work, mark_id), deps.clock.now()
        if mark is None:
            raise marks_refusals.unknown_mark()
        refusals.expect_version(mark.version, attempt.if_match)
        changed = change(mark, now)
        _store(work, changed, f"mark.{changed.state}", now, attempt.request_id)
        row = marks.one(work.connection, work.division, mark_id)
        return marks_shapes.mark(row, actor, attempt.language, now), etag(changed.version)

    return one_act(deps, actor, attempt, operation, act)


def _store(work: UnitOfWork, changed: Mark, action: str, now: datetime, request_id: str | None = None) -> None:
    """Keep a changed mark, tell it and look at the pause again. The reason and the appeal stay in this table alone."""
    marks.save(work, changed)
    tell = presence_events.appealed if changed.state == "appealed" else presence_events.decided
    work.outbox.add(tell(changed))
    work.audit(action, "mark", changed.mark_id, request_id=request_id)
    _keep_pause(work, changed, now)


def _keep_pause(work: UnitOfWork, mark: Mark, now: datetime) -> None:
    policy = marks.policy(work, mark.venue_id)
    counting = marks.counting(work, mark.venue_id, mark.person_id, now)
    marks.set_pause(work, mark.venue_id, mark.person_id, rules.paused_until(counting, policy, now))


def my_marks(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """The caller's own marks, and where they are paused until when."""
    now, who = deps.clock.now(), person(actor)
    with deps.database.read(actor) as connection:
        rows = marks.page(connection, actor.division, MarkFilter(person_id=who), page)
        pauses = marks.pauses_of(connection, actor.division, who, now)
    shown, cursor = page.cut(rows, lambda row: (row["given_at"], row["id"]))
    return {
        "items": [marks_shapes.mark(row, actor, language, now) for row in shown],
        "next_cursor": cursor,
        "pauses": [marks_shapes.pause(row, language) for row in pauses],
    }


def all_marks(deps: Deps, actor: Actor, wanted: MarkFilter, page: Page, language: str) -> dict[str, Any]:
    """Marks as the counter sees them, latest first."""
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        rows = marks.page(connection, actor.division, wanted, page)
    shown, cursor = page.cut(rows, lambda row: (row["given_at"], row["id"]))
    return {"items": [marks_shapes.mark(row, actor, language, now) for row in shown], "next_cursor": cursor}
