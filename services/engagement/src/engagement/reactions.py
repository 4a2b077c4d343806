# SPDX-License-Identifier: Apache-2.0
"""Which events engagement reacts to: its own, because they change the counts, and topics handed on by the venue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.inbox import Received, Subscription

from engagement.usecases import need_counts
from engagement.usecases.needs import EVENT_TYPES
from engagement.usecases.topics import HandedOnTopic, raise_need_of_topic

if TYPE_CHECKING:
    from chassis.db import UnitOfWork


def _nothing(_data: Mapping[str, Any]) -> None:
    """Read nothing out of the event: that it happened in this community is enough."""


def count_again(_deps: Any, work: UnitOfWork, _event: Received) -> None:
    """Have the community of the event counted again."""
    need_counts.mark_community(work)


def read_topic(data: Mapping[str, Any]) -> HandedOnTopic:
    """Read the public words of a topic and whose need it becomes."""
    return HandedOnTopic(UUID(data["topic_id"]), UUID(data["person_id"]), _title(data["title"]), data["category"])


def on_topic_handed_on(deps: Any, work: UnitOfWork, event: Received) -> None:
    """Raise the need, once for each topic, in the office that handed it on."""
    raise_need_of_topic(deps, work, event.data, event.office)


SUBSCRIPTIONS = {
    **{event_type: Subscription(parse=_nothing, react=count_again) for event_type in EVENT_TYPES.values()},
    "linli.venue.sitting.topic_handed_on.v1": Subscription(parse=read_topic, react=on_topic_handed_on),
}


def _title(words: object) -> str:
    if not isinstance(words, str) or not words.strip():
        raise ValueError("a topic has words")
    return words.strip()
