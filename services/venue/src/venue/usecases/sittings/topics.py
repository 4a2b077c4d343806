# SPDX-License-Identifier: Apache-2.0
"""Topics for a sitting: gathered beforehand, published in words that name nobody, answered or handed on as needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain.refusals import expect_version
from venue.domain.sittings import sitting_events, sittings
from venue.domain.sittings import sitting_refusals as refusals
from venue.domain.sittings import topics as rules
from venue.domain.sittings.sittings import Session
from venue.domain.sittings.topics import Topic
from venue.store import person_lock
from venue.store.sittings import sessions
from venue.store.sittings import topics as store
from venue.usecases import on_behalf
from venue.usecases.one_act import one_act
from venue.usecases.sittings import sitting_shapes

COUNTER = "venue.counter"
KEY = (UUID,)


@dataclass(frozen=True)
class NewTopic:
    """A topic as it was heard. ``on_behalf_of`` and ``channel`` are the counter's; a letter may have no person."""

    text: str
    category: str
    channel: str | None = None
    on_behalf_of: Mapping[str, Any] | None = None


def propose_topic(deps: Deps, actor: Actor, session_id: UUID, new: NewTopic, attempt: Attempt) -> Reply:
    """Bring a topic to a sitting; whoever raises it stands behind it."""

    def act(work: UnitOfWork) -> Topic:
        now = deps.clock.now()
        session = sessions.lock(work, session_id, share=True)
        if session is None:
            raise refusals.unknown_session()
        sittings.require_kind(session, "sitting")
        if session.state not in ("planned", "unplaced") or now >= session.ends_at:
            raise refusals.topics_closed()
        person_id, channel = _origin(actor, new)
        if person_id and channel == "web":
            _expect_not_too_many(work, person_id)
        topic = Topic(uuid7(), 1, session_id, new.text.strip(), new.category, channel, person_id, "proposed", now)
        store.insert(work, topic)
        if person_id is not None:
            store.add_support(work, topic.topic_id, person_id, now)
        work.audit("topic.proposed", "topic", topic.topic_id, {"channel": channel}, attempt.request_id)
        return topic

    return _answer(deps, actor, attempt, "propose_topic", act, 201)


def _expect_not_too_many(work: UnitOfWork, person_id: UUID) -> None:
    person_lock.take(work, person_id)
    if store.open_of(work, person_id) >= rules.MOST_OPEN:
        raise refusals.too_many_topics(rules.MOST_OPEN)


def support_topic(
    deps: Deps, actor: Actor, topic_id: UUID, on_behalf_of: Mapping[str, Any] | None, attempt: Attempt
) -> Reply:
    """Stand behind a published topic; standing there already changes nothing."""
    person_id = on_behalf.who(actor, on_behalf_of).person_id

    def act(work: UnitOfWork) -> Topic:
        (topic,) = store.lock(work, topic_id)
        if topic is None:
            raise refusals.unknown_topic()
        rules.support(topic)
        store.add_support(work, topic_id, person_id, deps.clock.now())
        store.publish(work, topic)
        work.audit("topic.supported", "topic", topic_id, request_id=attempt.request_id)
        return topic

    return _answer(deps, actor, attempt, "support_topic", act, 200)


def publish_topic(deps: Deps, actor: Actor, topic_id: UUID, wording: str, attempt: Attempt) -> Reply:
    """Publish a topic under a wording of which the caller says that it names nobody."""
    return _change(deps, actor, topic_id, attempt, "publish_topic", lambda _, topic: rules.publish(topic, wording))


def decline_topic(deps: Deps, actor: Actor, topic_id: UUID, reason: str, words: str | None, attempt: Attempt) -> Reply:
    """Decline a topic before it is public; who raised it is told why."""

    def act(work: UnitOfWork, topic: Topic) -> Topic:
        changed = rules.decline(topic, reason, words)
        work.outbox.add(sitting_events.topic_declined(changed))
        return changed

    return _change(deps, actor, topic_id, attempt, "decline_topic", act)


def answer_topic(deps: Deps, actor: Actor, topic_id: UUID, words: str, attempt: Attempt) -> Reply:
    """Publish what was answered: a line of the sitting's minutes."""
    return _change(deps, actor, topic_id, attempt, "answer_topic", lambda _, topic: rules.answer(topic, words))


def merge_topic(deps: Deps, actor: Actor, topic_id: UUID, into_id: UUID, attempt: Attempt) -> Reply:
    """Make a topic part of another; whoever stands behind both counts once."""

    def act(work: UnitOfWork, topic: Topic) -> Topic:
        _, into = store.lock(work, topic_id, into_id)
        if into is None:
            raise refusals.unknown_topic()
        merged = rules.merge(topic, into)
        store.move_supports(work, topic_id, into_id)
        store.publish(work, into)
        return merged

    return _change(deps, actor, topic_id, attempt, "merge_topic", act, also=into_id)


def hand_on_topic(deps: Deps, actor: Actor, topic_id: UUID, wording: str, category: str, attempt: Attempt) -> Reply:
    """Hand a published topic on as a need, by event: of who raised it, else of the officer who takes it on."""

    def act(work: UnitOfWork, topic: Topic) -> Topic:
        changed = rules.hand_on(topic, wording, category, deps.clock.now())
        session = sessions.lock(work, topic.session_id)  # already locked, before the topic
        assert session is not None  # a topic's foreign key
        told = replace(session, version=session.version + 1)  # no two events of one sitting share a sequence
        sessions.save(work, [told])
        person_id = topic.raised_by or on_behalf.person(actor)
        work.outbox.add(sitting_events.topic_handed_on(told, changed, person_id))
        return changed

    return _change(deps, actor, topic_id, attempt, "hand_on_topic", act, first=_lock_sitting)


def _lock_sitting(work: UnitOfWork, topic_id: UUID) -> None:
    """Sitting before topic, as whoever cancels or records a sitting locks them. One carried over meanwhile has a new
    version, which the caller has not seen."""
    session_id = store.sitting_of(work, topic_id)
    if session_id is not None:
        sessions.lock(work, session_id)


def carry_over(work: UnitOfWork, session: Session, now: datetime) -> None:
    """Bring what a sitting that does not take place left unanswered to the next one, if any is planned."""
    into = sessions.next_sitting(work, session, now) if session.kind == "sitting" else None
    if into is None:
        return
    for topic_id in store.carry_over(work, session.session_id, into):
        work.audit("topic.carried_over", "topic", topic_id, {"session_id": into})


def note_need(work: UnitOfWork, topic_id: UUID, need_id: UUID, number: str) -> None:
    """Remember the need that a topic became, and show its number; of unknown topics nothing."""
    (topic,) = store.lock(work, topic_id)
    if topic is None or topic.handed_on_at is None:
        return
    changed = rules.became_need(topic, need_id, number)
    if changed is not topic:
        store.save(work, changed)
        work.audit("topic.became_need", "topic", topic_id, {"need_id": need_id})


def list_topics(
    deps: Deps, actor: Actor, state: str | None, session_id: UUID | None, page: Page, language: str
) -> dict[str, Any]:
    """The staff's inbox, newest first."""
    with deps.database.read(actor) as connection:
        rows = store.page_of(connection, actor.division, page, state=state, session_id=session_id)
    shown, cursor = page.cut(rows, lambda row: (row["id"],))
    return {"items": [sitting_shapes.topic(row, actor, language) for row in shown], "next_cursor": cursor}


def my_topics(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """What the caller raised or stands behind, newest first."""
    person_id = on_behalf.person(actor)
    with deps.database.read(actor) as connection:
        rows = store.page_of(connection, actor.division, page, of_person=person_id)
    shown, cursor = page.cut(rows, lambda row: (row["id"],))
    return {"items": [sitting_shapes.topic(row, actor, language) for row in shown], "next_cursor": cursor}


def _origin(actor: Actor, new: NewTopic) -> tuple[UUID | None, str]:
    """Return whose topic it is and how it was heard. Only the counter may bring one of nobody in particular."""
    if new.on_behalf_of is not None or COUNTER not in actor.permissions:
        found = on_behalf.who(actor, new.on_behalf_of)
        return found.person_id, "web" if found.channel == "self" else new.channel or "counter"
    return None, new.channel or "counter"


def _change(
    deps: Deps,
    actor: Actor,
    topic_id: UUID,
    attempt: Attempt,
    operation: str,
    act: Callable[[UnitOfWork, Topic], Topic],
    also: UUID | None = None,
    first: Callable[[UnitOfWork, UUID], None] | None = None,
) -> Reply:
    """Lock (``first``, then with ``also`` in one order), check the version the caller saw, act, save, tell."""

    def changed(work: UnitOfWork) -> Topic:
        if first is not None:
            first(work, topic_id)
        topic = store.lock(work, topic_id, *([also] if also else []))[0]
        if topic is None:
            raise refusals.unknown_topic()
        expect_version(topic.version, attempt.if_match)
        result = act(work, topic)
        store.save(work, result)
        work.audit(f"topic.{result.state}", "topic", topic_id, request_id=attempt.request_id)
        return result

    return _answer(deps, actor, attempt, operation, changed, 200)


def _answer(
    deps: Deps, actor: Actor, attempt: Attempt, operation: str, act: Callable[[UnitOfWork], Topic], status: int
) -> Reply:
    def told(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        topic = act(work)
        row = store.one(work.connection, work.division, topic.topic_id, on_behalf.person_or_none(actor))
        assert row is not None  # just stored
        return sitting_shapes.topic(row, actor, attempt.language), etag(row["version"])

    return one_act(deps, actor, attempt, operation, told, status)
