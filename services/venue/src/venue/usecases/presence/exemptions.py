# SPDX-License-Identifier: Apache-2.0
"""Who may come late: elders, and whoever else has a reason. Kept by staff."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.opening import hours
from venue.domain.presence import marks_refusals
from venue.store.presence import marks
from venue.store.venues import venue_settings
from venue.usecases.one_act import one_act
from venue.usecases.presence import marks_shapes

KEY = (datetime.fromisoformat, UUID)


def grant(deps: Deps, actor: Actor, person_id: UUID, reason: str, until_on: date, attempt: Attempt) -> Reply:
    """Put somebody on the list until a day, inclusive."""

    def act(work: UnitOfWork) -> tuple[Any, dict[str, str]]:
        now = deps.clock.now()
        today = _today(work, now)
        if until_on < today:
            raise marks_refusals.exemption_is_past()
        marks.end_outlived(work, person_id, today, now)
        exemption_id = marks.grant(work, person_id, reason, until_on, now)
        if exemption_id is None:
            raise marks_refusals.already_exempt()
        work.audit("exemption.granted", "exemption", exemption_id, request_id=attempt.request_id)
        return _answer(work, exemption_id)

    return one_act(deps, actor, attempt, "grant_exemption", act, 201)


def end(deps: Deps, actor: Actor, exemption_id: UUID, attempt: Attempt) -> Reply:
    """Take somebody off the list; the entry stays for the record."""

    def act(work: UnitOfWork) -> tuple[Any, dict[str, str]]:
        row = marks.lock_exemption(work, exemption_id)
        if row is None:
            raise marks_refusals.unknown_exemption()
        refusals.expect_version(row["version"], attempt.if_match)
        if row["ended_at"] is not None:
            raise marks_refusals.exemption_has_ended()
        marks.end_exemption(work, exemption_id, deps.clock.now())
        work.audit("exemption.ended", "exemption", exemption_id, request_id=attempt.request_id)
        return _answer(work, exemption_id)

    return one_act(deps, actor, attempt, "end_exemption", act)


def all_exemptions(deps: Deps, actor: Actor, page: Page) -> dict[str, Any]:
    """The list, latest first."""
    with deps.database.read(actor) as connection:
        rows = marks.exemption_page(connection, actor.division, page)
    shown, cursor = page.cut(rows, lambda row: (row["granted_at"], row["id"]))
    return {"items": [marks_shapes.exemption(row) for row in shown], "next_cursor": cursor}


def _today(work: UnitOfWork, now: datetime) -> date:
    """The community's own date: the earliest where its venues keep several; UTC's where it has no venue."""
    zones = venue_settings.zones(work.connection, work.division)
    return min((hours.local_date(now, zone) for zone in zones), default=now.date())


def _answer(work: UnitOfWork, exemption_id: UUID) -> tuple[Any, dict[str, str]]:
    row = marks.lock_exemption(work, exemption_id)
    assert row is not None  # just written
    return marks_shapes.exemption(row), etag(row["version"])
