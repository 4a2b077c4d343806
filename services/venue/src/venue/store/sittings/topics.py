# SPDX-License-Identifier: Apache-2.0
"""Loading and saving topics, who stands behind them, and what the public reads of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.sittings.topics import PUBLIC, UNANSWERED, Topic, shown_supporters
from venue.store.sittings.sitting_tables import published_topics, topic_supports, topics

_PLAIN = tuple(name for name in Topic.__dataclass_fields__ if name != "topic_id")


def insert(work: UnitOfWork, topic: Topic) -> None:
    """Store a new topic."""
    work.execute(sa.insert(topics).values(division_code=work.division, **_row(topic)))


def open_of(work: UnitOfWork, person_id: UUID) -> int:
    """How many topics of a person wait for staff. Locks the person, so that clicks at once count each other."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%(division)s || %(person)s, 0))"
    work.driver.execute(lock, {"division": work.division, "person": str(person_id)})
    known = topics.c
    query = sa.select(func.count()).where(
        known.division_code == work.division, known.raised_by == person_id, known.state == "proposed"
    )
    return work.execute(query).scalar_one()


def carry_over(work: UnitOfWork, from_id: UUID, into_id: UUID) -> Sequence[UUID]:
    """Bring what one sitting left unanswered to another; return which topics, oldest first, as ``lock`` locks them."""
    known, shown = topics.c, published_topics.c
    left = sa.select(known.id).where(
        known.division_code == work.division, known.session_id == from_id, known.state.in_(UNANSWERED)
    )
    carried = work.execute(left.order_by(known.id).with_for_update()).scalars().all()
    if not carried:
        return []
    mine = (known.division_code == work.division) & known.id.in_(carried)
    work.execute(sa.update(topics).where(mine).values(session_id=into_id, version=known.version + 1))
    public = (shown.division_code == work.division) & shown.topic_id.in_(carried)
    work.execute(sa.update(published_topics).where(public).values(session_id=into_id))
    return carried


def sitting_of(work: UnitOfWork, topic_id: UUID) -> UUID | None:
    """Which sitting a topic was brought to, nothing locked: who changes both locks the sitting first."""
    query = sa.select(topics.c.session_id).where(topics.c.division_code == work.division, topics.c.id == topic_id)
    return work.execute(query).scalar_one_or_none()


def lock(work: UnitOfWork, *topic_ids: UUID) -> list[Topic | None]:
    """Load topics, their rows locked in one order; answers in the order asked."""
    query = sa.select(topics).where(topics.c.division_code == work.division, topics.c.id.in_(topic_ids))
    rows = work.execute(query.order_by(topics.c.id).with_for_update()).mappings()
    found = {row["id"]: as_topic(row) for row in rows}
    return [found.get(one) for one in topic_ids]


def save(work: UnitOfWork, topic: Topic) -> None:
    """Store a locked topic, and tell the public what it may know."""
    mine = (topics.c.division_code == work.division) & (topics.c.id == topic.topic_id)
    work.execute(sa.update(topics).where(mine).values(**_row(topic)))
    publish(work, topic)


def add_support(work: UnitOfWork, topic_id: UUID, person_id: UUID, now: datetime) -> None:
    """Let a person stand behind a topic; the key keeps each person once."""
    row = {"division_code": work.division, "topic_id": topic_id, "person_id": person_id, "supported_at": now}
    work.execute(pg.insert(topic_supports).values(row).on_conflict_do_nothing(constraint="pk_topic_supports"))


def move_supports(work: UnitOfWork, from_id: UUID, into_id: UUID) -> None:
    """Let everybody behind one topic stand behind another; who stood behind both counts once."""
    old = topic_supports.c
    left = (
        sa.delete(topic_supports)
        .where(old.division_code == work.division, old.topic_id == from_id)
        .returning(old.division_code, old.person_id, old.supported_at)
        .cte("left_behind")
    )
    moved = sa.select(left.c.division_code, sa.literal(into_id, sa.Uuid), left.c.person_id, left.c.supported_at)
    names = ["division_code", "topic_id", "person_id", "supported_at"]
    statement = pg.insert(topic_supports).from_select(names, moved)
    work.execute(statement.on_conflict_do_nothing(constraint="pk_topic_supports"))


def supporters(work: UnitOfWork, topic_id: UUID) -> int:
    """How many distinct persons stand behind a topic."""
    old = topic_supports.c
    query = sa.select(func.count()).where(old.division_code == work.division, old.topic_id == topic_id)
    return work.execute(query).scalar_one()


def publish(work: UnitOfWork, topic: Topic) -> None:
    """Tell the public of a topic that staff published; take away what was merged into another."""
    here = {"division_code": work.division, "topic_id": topic.topic_id}
    shown = published_topics.c
    if topic.state not in PUBLIC:
        work.execute(
            sa.delete(published_topics).where(shown.division_code == work.division, shown.topic_id == topic.topic_id)
        )
        return
    facts = {
        "wording": topic.wording,
        "category": topic.category,
        "state": topic.state,
        "supporters": shown_supporters(supporters(work, topic.topic_id)),
        "need_number": topic.need_number,
        "answer": topic.answer,
    }
    statement = pg.insert(published_topics).values(**here, session_id=topic.session_id, facts=facts)
    work.execute(
        statement.on_conflict_do_update(constraint="pk_published_topics", set_={"facts": statement.excluded.facts})
    )


def published(connection: sa.Connection, division: str, session_ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """The public topics of these sittings, oldest first."""
    shown = published_topics.c
    query = sa.select(published_topics).where(shown.division_code == division, shown.session_id.in_(session_ids))
    return list(connection.execute(query.order_by(shown.topic_id)).mappings())


def _rows(person_id: UUID | None) -> sa.Select[Any]:
    behind = topic_supports.c
    here = (behind.division_code == topics.c.division_code) & (behind.topic_id == topics.c.id)
    many = sa.select(func.count()).select_from(topic_supports).where(here).correlate(topics).scalar_subquery()
    mine = sa.exists().where(here, behind.person_id == person_id)
    return sa.select(topics, many.label("supporters"), mine.label("supported"))


def one(connection: sa.Connection, division: str, topic_id: UUID, person_id: UUID | None) -> Mapping[str, Any] | None:
    """One topic with how many stand behind it, and whether ``person_id`` does."""
    query = _rows(person_id).where(topics.c.division_code == division, topics.c.id == topic_id)
    return connection.execute(query).mappings().one_or_none()


def page_of(
    connection: sa.Connection,
    division: str,
    page: Page,
    *,
    state: str | None = None,
    session_id: UUID | None = None,
    of_person: UUID | None = None,
) -> list[Mapping[str, Any]]:
    """A page of topics, newest first; ``of_person`` leaves those they raised or stand behind."""
    query = _rows(of_person).where(topics.c.division_code == division, page.clause(topics.c.id, descending=True))
    if state is not None:
        query = query.where(topics.c.state == state)
    if session_id is not None:
        query = query.where(topics.c.session_id == session_id)
    if of_person is not None:
        behind = topic_supports.c
        stood = sa.select(behind.topic_id).where(behind.division_code == division, behind.person_id == of_person)
        query = query.where(sa.or_(topics.c.raised_by == of_person, topics.c.id.in_(stood)))
    return list(connection.execute(query.order_by(topics.c.id.desc()).limit(page.limit + 1)).mappings())


def as_topic(row: Mapping[str, Any]) -> Topic:
    """Build a topic from its row."""
    return Topic(topic_id=row["id"], **{name: row[name] for name in _PLAIN})


def _row(topic: Topic) -> dict[str, Any]:
    return {"id": topic.topic_id, **{name: getattr(topic, name) for name in _PLAIN}}
