# SPDX-License-Identifier: Apache-2.0
"""Rotas, the sittings of officials, and the topics people bring to them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag
from chassis.pagination import Page

from venue.domain.sittings.rotas import Official
from venue.domain.venues.definition import minutes
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.sittings import rotas, see_sessions, sittings, topics
from venue.usecases.sittings.rotas import NewRota
from venue.usecases.sittings.topics import NewTopic


def create_rota(call: Call, body: dict[str, Any]) -> Reply:
    """Plan sittings or a desk."""
    starts, until = minutes(body["from"]), body.get("valid_until")
    new = NewRota(
        kind=body["kind"],
        space_id=UUID(body["space_id"]),
        weekdays=tuple(sorted(set(body["weekdays"]))),
        from_minute=starts,
        minutes=body["minutes"],
        title_zh=body["titles"]["zh"].strip(),
        title_en=body["titles"]["en"].strip(),
        valid_from=date.fromisoformat(body["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        officials=tuple(_official(one) for one in body.get("officials", ())),
        desk_code=body.get("desk"),
        capacity_per_hour=body.get("capacity_per_hour"),
    )
    return rotas.create_rota(call.deps, call.actor, new, call)


def list_rotas(call: Call, limit: int = 50, cursor: str | None = None, kind: str | None = None) -> dict[str, Any]:
    """The community's plans."""
    return rotas.list_rotas(call.deps, call.actor, kind, Page.parse(cursor, limit, (UUID,)), call.language)


def end_rota(call: Call, rota_id: str, body: dict[str, Any]) -> Reply:
    """Let a plan end."""
    last = date.fromisoformat(body["valid_until"])
    return rotas.end_rota(call.deps, call.actor, UUID(rota_id), last, call)


def list_sessions(
    call: Call,
    limit: int = 50,
    cursor: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    from_: str | None = None,
    until: str | None = None,
    unrecorded: bool = False,
) -> dict[str, Any]:
    """Sessions by day."""
    wanted = SessionFilter(
        kind=kind,
        state=state,
        first=date.fromisoformat(from_) if from_ else None,
        last=date.fromisoformat(until) if until else None,
        unrecorded=unrecorded,
    )
    page = Page.parse(cursor, limit, see_sessions.KEY)
    return see_sessions.session_list(call.deps, call.actor, wanted, page, call.language)


def get_session(call: Call, session_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One session."""
    shape = see_sessions.one_session(call.deps, call.actor, UUID(session_id), call.language)
    return shape, 200, etag(shape["version"])


def assign_official(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Name who sits."""
    return sittings.assign_official(call.deps, call.actor, UUID(session_id), _official(body["official"]), call)


def set_substitute(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Name who sits instead."""
    who = _official(body["official"])
    return sittings.set_substitute(call.deps, call.actor, UUID(session_id), who, body["reason"].strip(), call)


def record_attendance(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Note whether they came."""
    reason = (body.get("reason") or "").strip() or None
    return sittings.record_attendance(call.deps, call.actor, UUID(session_id), body["outcome"], reason, call)


def place_session(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Put a session into a room."""
    return sittings.place_session(call.deps, call.actor, UUID(session_id), UUID(body["space_id"]), call)


def cancel_session(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Take a session out of the plan."""
    return sittings.cancel_session(call.deps, call.actor, UUID(session_id), body["reason"].strip(), call)


def propose_topic(call: Call, session_id: str, body: dict[str, Any]) -> Reply:
    """Bring a topic."""
    new = NewTopic(body["text"], body["category"], body.get("channel"), body.get("on_behalf_of"))
    return topics.propose_topic(call.deps, call.actor, UUID(session_id), new, call)


def list_topics(
    call: Call, limit: int = 50, cursor: str | None = None, state: str | None = None, session_id: str | None = None
) -> dict[str, Any]:
    """The staff's inbox of topics."""
    sitting = UUID(session_id) if session_id else None
    page = Page.parse(cursor, limit, topics.KEY)
    return topics.list_topics(call.deps, call.actor, state, sitting, page, call.language)


def list_my_topics(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """What the caller raised or stands behind."""
    return topics.my_topics(call.deps, call.actor, Page.parse(cursor, limit, topics.KEY), call.language)


def support_topic(call: Call, topic_id: str, body: dict[str, Any]) -> Reply:
    """Stand behind a topic."""
    return topics.support_topic(call.deps, call.actor, UUID(topic_id), body.get("on_behalf_of"), call)


def publish_topic(call: Call, topic_id: str, body: dict[str, Any]) -> Reply:
    """Publish a topic."""
    return topics.publish_topic(call.deps, call.actor, UUID(topic_id), body["wording"].strip(), call)


def decline_topic(call: Call, topic_id: str, body: dict[str, Any]) -> Reply:
    """Decline a topic."""
    words = body.get("words", "").strip() or None
    return topics.decline_topic(call.deps, call.actor, UUID(topic_id), body["reason"], words, call)


def merge_topic(call: Call, topic_id: str, body: dict[str, Any]) -> Reply:
    """Make a topic part of another."""
    return topics.merge_topic(call.deps, call.actor, UUID(topic_id), UUID(body["into"]), call)


def hand_on_topic(call: Call, topic_id: str, body: dict[str, Any]) -> Reply:
    """Hand a topic on as a need."""
    wording, category = body["title"].strip(), body["category"]
    return topics.hand_on_topic(call.deps, call.actor, UUID(topic_id), wording, category, call)


def answer_topic(call: Call, topic_id: str, body: dict[str, Any]) -> Reply:
    """Publish the answer."""
    return topics.answer_topic(call.deps, call.actor, UUID(topic_id), body["answer"].strip(), call)


def list_public_sittings(call: Call, division: str) -> dict[str, Any]:
    """Public: who sits when, and whether they came."""
    return see_sessions.public_sittings(call.deps, division, call.language)


def _official(one: dict[str, Any]) -> Official:
    names, officer = one["functions"], one.get("officer_id")
    return Official(one["office"], names["zh"].strip(), names["en"].strip(), UUID(officer) if officer else None)
