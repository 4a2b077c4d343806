# SPDX-License-Identifier: Apache-2.0
"""A topic of a sitting that is handed on becomes a need, once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.db import UnitOfWork

from engagement.deps import Deps
from engagement.store import needs as store
from engagement.usecases.needs import add_need

OTHER = "other"
REASON = "坐谈上提出，由社区转办"  # the resident reads it; needs are written in the community's language
OFFICE = "community_worker"


@dataclass(frozen=True)
class HandedOnTopic:
    """What engagement needs to know: the public words, and whose need it becomes."""

    topic_id: UUID
    person_id: UUID
    title: str
    category: str


def raise_need_of_topic(deps: Deps, work: UnitOfWork, topic: HandedOnTopic, office: str | None) -> None:
    """Raise the need on behalf of its person; a topic that became a need already changes nothing.

    A category that engagement does not know is filed under "other": the question must not be lost for its code.
    """
    if store.has_topic(work, topic.topic_id):
        return
    known = store.is_category(work, topic.category)
    add_need(
        deps,
        work,
        {"title": topic.title, "category": topic.category if known else OTHER},
        person_id=topic.person_id,
        channel="meeting",
        office=office or OFFICE,
        reason=REASON,
        source_topic_id=topic.topic_id,
    )
