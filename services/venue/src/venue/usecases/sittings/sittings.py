# SPDX-License-Identifier: Apache-2.0
"""Who sits and whether they came; where a session is, and that it does not take place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain.refusals import expect_version
from venue.domain.sittings import sitting_events, sittings
from venue.domain.sittings import sitting_refusals as refusals
from venue.domain.sittings.rotas import Official
from venue.domain.sittings.sittings import Session
from venue.store.sittings import sessions
from venue.usecases.one_act import one_act
from venue.usecases.sittings import session_rooms, sitting_shapes, ticket_news, topics


def assign_official(deps: Deps, actor: Actor, session_id: UUID, official: Official, attempt: Attempt) -> Reply:
    """Name who sits on a day."""

    def act(work: UnitOfWork, session: Session) -> Session:
        changed = sittings.assign(session, official, deps.clock.now())
        work.audit("sitting.assigned", "sitting", session_id, {"office": official.office}, attempt.request_id)
        return changed

    return _change(deps, actor, session_id, attempt, "assign_official", act)


def set_substitute(
    deps: Deps, actor: Actor, session_id: UUID, official: Official, reason: str, attempt: Attempt
) -> Reply:
    """Name who sits instead, and why."""

    def act(work: UnitOfWork, session: Session) -> Session:
        changed = sittings.substitute(session, official, reason, deps.clock.now())
        work.audit("sitting.substituted", "sitting", session_id, {"office": official.office}, attempt.request_id)
        return changed

    return _change(deps, actor, session_id, attempt, "set_substitute", act)


def record_attendance(
    deps: Deps, actor: Actor, session_id: UUID, outcome: str, reason: str | None, attempt: Attempt
) -> Reply:
    """Note whether they came; a sitting already counted as missed may still be given its reason."""

    def act(work: UnitOfWork, session: Session) -> Session:
        changed = sittings.record(session, outcome, reason, deps.clock.now())
        if changed.state != session.state:
            work.outbox.add(sitting_events.recorded(changed))
        if changed.state == "missed" and session.state != "missed":
            topics.carry_over(work, session, deps.clock.now())
        work.audit("sitting.recorded", "sitting", session_id, {"outcome": outcome}, attempt.request_id)
        return changed

    return _change(deps, actor, session_id, attempt, "record_attendance", act)


def place_session(deps: Deps, actor: Actor, session_id: UUID, space_id: UUID, attempt: Attempt) -> Reply:
    """Put a session into a room: the one that was taken has become free, or another."""

    def act(work: UnitOfWork, session: Session) -> Session:
        sittings.require_before_start(session, deps.clock.now())
        changed = session_rooms.move(deps, work, session, space_id)
        work.audit("session.placed", "session", session_id, {"space_id": space_id}, attempt.request_id)
        return changed

    return _change(deps, actor, session_id, attempt, "place_session", act)


def cancel_session(deps: Deps, actor: Actor, session_id: UUID, reason: str, attempt: Attempt) -> Reply:
    """Take a session out of the plan; its room is free at once, its tickets end. A desk may close in the middle."""

    def act(work: UnitOfWork, session: Session) -> Session:
        now = deps.clock.now()
        sittings.require_cancellable(session, now)
        session_rooms.leave(deps, work, session)
        ended = ticket_news.cancel(work, session, now)
        topics.carry_over(work, session, now)
        work.audit("session.cancelled", "session", session_id, {"tickets": ended}, attempt.request_id)
        return sittings.cancelled(session, reason)

    return _change(deps, actor, session_id, attempt, "cancel_session", act)


def note_missed(deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """Count sittings as missed of which nobody recorded attendance until noon of the next day."""
    over = [one for one in sessions.ended_unrecorded(work, now) if now >= one.deadline]
    changed = [sittings.missed(one, now) for one in over]
    sessions.save(work, changed)
    for one in changed:
        work.outbox.add(sitting_events.recorded(one))
        topics.carry_over(work, one, now)
        work.audit("sitting.missed", "sitting", one.session_id)


def _change(
    deps: Deps,
    actor: Actor,
    session_id: UUID,
    attempt: Attempt,
    operation: str,
    act: Callable[[UnitOfWork, Session], Session],
) -> Reply:
    """Lock, check the version the caller saw, act, save, tell: the same for every change of a session."""

    def changed(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        session = sessions.lock(work, session_id)
        if session is None:
            raise refusals.unknown_session()
        expect_version(session.version, attempt.if_match)
        sessions.save(work, [act(work, session)])
        row = sessions.one(work.connection, work.division, session_id)
        assert row is not None  # locked above
        shape = sitting_shapes.session(row, attempt.language, deps.clock.now(), {})
        return shape, etag(row["version"])

    return one_act(deps, actor, attempt, operation, changed)
