# SPDX-License-Identifier: Apache-2.0
"""Recording a visit, with at most one need heard there, in one act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork, uuid7
from chassis.errors import Unprocessable
from chassis.events import Event
from chassis.http import Call, Reply

from engagement.deps import Deps
from engagement.domain.needs import Need
from engagement.store import needs as store
from engagement.usecases import need_views
from engagement.usecases.callers import WORK, office_of, require_community
from engagement.usecases.needs import add_need

VISIT_RECORDED = "linli.engagement.visit.recorded.v1"
REASON = "走访时提出"  # told to the resident beside the office that wrote the need down


def record_visit(deps: Deps, call: Call, command: Mapping[str, Any]) -> Reply:
    """Record a visit; its need is raised on behalf of the person visited. All of it is stored, or nothing."""
    call.actor.require(WORK)
    require_community(call.actor)

    def act() -> dict[str, Any]:
        visit = _visit(deps, call, command)
        store.add_visit(work, visit)
        need = _heard(deps, work, call, command.get("need"), visit)
        _record(work, call, visit, need)
        return _shown(deps, work, call, visit, need)

    with deps.database.unit_of_work(call.actor) as work:
        reply = work.once(call, "record_visit", act)
        work.commit()
    return reply


def _visit(deps: Deps, call: Call, command: Mapping[str, Any]) -> dict[str, Any]:
    visited_at, now = datetime.fromisoformat(command["visited_at"]).astimezone(UTC), deps.clock.now()
    if visited_at > now:
        raise Unprocessable(
            "visited_in_the_future", zh="走访时间不能晚于现在。", en="A visit is recorded after it took place."
        )
    return {
        "visit_id": uuid7(),
        "person_id": UUID(command["person_id"]),
        "household_id": UUID(command["household_id"]),
        "visited_at": visited_at,
        "note": command["note"].strip(),
        "office": office_of(call.actor),
        "recorded_at": now,
    }


def _heard(
    deps: Deps, work: UnitOfWork, call: Call, new: Mapping[str, Any] | None, visit: Mapping[str, Any]
) -> Need | None:
    if new is None:
        return None
    return add_need(
        deps,
        work,
        new,
        person_id=visit["person_id"],
        channel="visit",
        office=visit["office"],
        reason=REASON,
        visit_id=visit["visit_id"],
        request_id=call.request_id,
    )


def _record(work: UnitOfWork, call: Call, visit: Mapping[str, Any], need: Need | None) -> None:
    ids = {name: visit[name] for name in ("visit_id", "person_id", "household_id")}
    ids |= {"need_id": need.need_id} if need else {}
    work.audit("visit.recorded", "visit", visit["visit_id"], request_id=call.request_id)
    work.outbox.add(Event(VISIT_RECORDED, visit["visit_id"], 1, ids))


def _shown(deps: Deps, work: UnitOfWork, call: Call, visit: Mapping[str, Any], need: Need | None) -> dict[str, Any]:
    numbered = {"need_id": None} if need is None else vars(need)
    shown: dict[str, Any] = {"visit": need_views.visit({**numbered, **visit})}
    if need is not None:
        shown["need"] = need_views.full(work.connection, call.actor, need.need_id, call.language, deps.today())
    return shown
