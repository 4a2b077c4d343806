# SPDX-License-Identifier: Apache-2.0
"""Raising a need and everything that happens to it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from chassis.db import UnitOfWork, uuid7
from chassis.errors import NotFound, PreconditionFailed, Unprocessable
from chassis.events import Event
from chassis.http import Call, Reply, etag

from engagement.deps import TIME_ZONE, Deps
from engagement.domain import needs as rules
from engagement.domain.needs import Change, Need
from engagement.store import needs as store
from engagement.usecases import need_views
from engagement.usecases.callers import (
    WORK,
    office_of,
    own_person,
    person_of,
    require_community,
    require_visible,
)

# A remark tells nobody outside; every other change is an event of this type.
EVENT_TYPES = {
    "raised": "linli.engagement.need.raised.v1",
    "assigned": "linli.engagement.need.assigned.v1",
    "resolved": "linli.engagement.need.resolved.v1",
    "rated": "linli.engagement.need.rated.v1",
    "reopened": "linli.engagement.need.reopened.v1",
}


def raise_need(deps: Deps, call: Call, command: Mapping[str, Any]) -> Reply:
    """Raise one's own need, or as staff somebody else's with the reason why they do not do it themselves."""
    require_community(call.actor)

    def act() -> Any:
        origin = _origin(call, command.get("on_behalf_of"))
        need = add_need(deps, work, command, request_id=call.request_id, **origin)
        return _shown(deps, work, call, need.need_id)

    with deps.database.unit_of_work(call.actor) as work:
        reply = work.once(call, "raise_need", act)
        work.commit()
    return reply


def assign_need(deps: Deps, call: Call, need_id: UUID, assignee: str, due_on: date, note: str) -> Reply:
    """Pass a need to the office that will act, with the day by which it is promised."""
    office = office_of(call.actor) or ""

    def rule(need: Need) -> Change:
        return rules.assign(need, office, assignee, due_on, note, deps.today())

    return _change(deps, call, need_id, "assign_need", rule)


def resolve_need(deps: Deps, call: Call, need_id: UUID, note: str) -> Reply:
    """Say what has been done; the resident judges."""
    office = office_of(call.actor) or ""
    return _change(deps, call, need_id, "resolve_need", lambda need: rules.resolve(need, office, note))


def rate_need(deps: Deps, call: Call, need_id: UUID, score: int, comment: str | None) -> Reply:
    """Rate one's own resolved need. Nobody rates for another, whatever their office."""
    person_id = own_person(call.actor)

    def rule(need: Need) -> Change:
        if need.person_id != person_id:
            raise NotFound("need_not_found", zh="没有找到这条需求。", en="There is no such need.")
        return rules.rate(need, score, comment)

    return _change(deps, call, need_id, "rate_need", rule)


def reopen_need(deps: Deps, call: Call, need_id: UUID, reason: str) -> Reply:
    """Say that a resolved need is not done: the person themselves, or staff who were told so."""
    return _change(deps, call, need_id, "reopen_need", lambda need: rules.reopen(need, _speaker(call, need), reason))


def add_remark(deps: Deps, call: Call, need_id: UUID, text: str) -> Reply:
    """Add a sentence to the timeline; the state stays, and whatever happened meanwhile does not refuse it."""
    unversioned = replace(call, if_match=None)

    def rule(need: Need) -> Change:
        return rules.remark(need, _speaker(call, need), text)

    return _change(deps, unversioned, need_id, "add_remark", rule)


def add_need(
    deps: Deps,
    work: UnitOfWork,
    new: Mapping[str, Any],
    *,
    person_id: UUID,
    channel: str,
    office: str | None = None,
    reason: str | None = None,
    visit_id: UUID | None = None,
    source_topic_id: UUID | None = None,
    request_id: str | None = None,
) -> Need:
    """Store a new need with its number, timeline, event and audit row; the caller commits."""
    if not store.is_category(work, new["category"]):
        raise Unprocessable("unknown_category", zh="没有这个分类。", en="There is no such category.")
    now = deps.clock.now()
    year = now.astimezone(TIME_ZONE).year
    need = Need(
        need_id=uuid7(),
        version=1,
        number_year=year,
        number_no=store.next_number(work, year),
        state="received",
        title=new["title"].strip(),
        category=new["category"],
        detail=new.get("detail", "").strip(),
        channel=channel,
        person_id=person_id,
        raised_at=now,
        visit_id=visit_id,
        raised_office=office,
        on_behalf_reason=reason,
        source_topic_id=source_topic_id,
    )
    store.add(work, need)
    _record(deps, work, request_id, need, rules.raised(need))
    return need


def _change(deps: Deps, call: Call, need_id: UUID, operation: str, rule: Callable[[Need], Change]) -> Reply:
    """Load and lock, check the version the caller saw, apply the rule, save, tell: the same for every change."""
    require_community(call.actor)

    def act() -> Any:
        need = require_visible(call.actor, store.load(work, need_id))
        if call.if_match is not None and call.if_match != need.version:
            raise PreconditionFailed()
        changed, entry = rule(need)
        store.save(work, changed)
        _record(deps, work, call.request_id, changed, entry)
        return _shown(deps, work, call, need_id)

    with deps.database.unit_of_work(call.actor) as work:
        reply = work.once(call, operation, act, status=200)
        work.commit()
    return reply


def _record(deps: Deps, work: UnitOfWork, request_id: str | None, need: Need, entry: rules.Entry) -> None:
    store.add_entry(work, need, entry, deps.clock.now())
    work.audit(f"need.{entry.kind}", "need", need.need_id, {"state": need.state}, request_id=request_id)
    if entry.kind in EVENT_TYPES:
        event = Event(EVENT_TYPES[entry.kind], need.need_id, need.version, _data(need, entry))
        work.outbox.add(event)


def _data(need: Need, entry: rules.Entry) -> dict[str, Any]:
    """Return what others may know: ids, codes and days, never a word that somebody wrote."""
    data: dict[str, Any] = {"need_id": need.need_id, "person_id": need.person_id}
    if entry.kind == "raised":
        data |= {"number": need.number, "category": need.category, "channel": need.channel}
        data |= {"visit_id": need.visit_id} if need.visit_id else {}
        data |= {"source_topic_id": need.source_topic_id} if need.source_topic_id else {}
    if entry.kind == "assigned":
        data["due_on"] = need.due_on
    if entry.kind == "rated":
        data["score"] = need.score
    return data


def _origin(call: Call, on_behalf_of: Mapping[str, Any] | None) -> dict[str, Any]:
    if on_behalf_of is None:
        if person_of(call.actor) is None:
            raise Unprocessable(
                "on_behalf_of_required", zh="请写明替谁提出、为什么。", en="Say for whom you raise it, and why."
            )
        return {"person_id": own_person(call.actor), "channel": "web"}
    call.actor.require(WORK)
    return {
        "person_id": UUID(on_behalf_of["person_id"]),
        "channel": on_behalf_of.get("channel", "counter"),
        "office": office_of(call.actor),
        "reason": on_behalf_of["reason"].strip(),
    }


def _speaker(call: Call, need: Need) -> str | None:
    """Return None where the person whose need it is speaks for themselves, else the office."""
    return None if person_of(call.actor) == need.person_id else office_of(call.actor)


def _shown(deps: Deps, work: UnitOfWork, call: Call, need_id: UUID) -> tuple[Any, dict[str, str]]:
    view = need_views.full(work.connection, call.actor, need_id, call.language, deps.today())
    assert view is not None
    return view, etag(view["version"])
