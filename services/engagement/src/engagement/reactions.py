# SPDX-License-Identifier: Apache-2.0
"""Which events engagement reacts to: its own, because they change the counts, topics that the venue hands on, and
whatever is news to somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.inbox import Received, Subscription

from engagement.domain import news
from engagement.domain.notices import News
from engagement.usecases import need_counts
from engagement.usecases.needs import EVENT_TYPES
from engagement.usecases.notices import tell
from engagement.usecases.topics import HandedOnTopic, raise_need_of_topic

if TYPE_CHECKING:
    from chassis.db import UnitOfWork


def on_news(deps: Any, work: UnitOfWork, event: Received) -> None:
    """Tell the person what the event means to them, if it means anything."""
    if event.data is not None:
        tell(deps, work, event, event.data)


def on_need(deps: Any, work: UnitOfWork, event: Received) -> None:
    """Have the community counted again, and tell the person whose need it is."""
    need_counts.mark_community(work)
    on_news(deps, work, event)


def read_topic(data: Mapping[str, Any]) -> HandedOnTopic:
    """Read the public words of a topic and whose need it becomes."""
    return HandedOnTopic(UUID(data["topic_id"]), UUID(data["person_id"]), _title(data["title"]), data["category"])


def on_topic_handed_on(deps: Any, work: UnitOfWork, event: Received) -> None:
    """Raise the need, once for each topic, in the office that handed it on."""
    raise_need_of_topic(deps, work, event.data, event.office)


def _reading(reader: Callable[[Mapping[str, Any]], News | None]) -> Subscription:
    return Subscription(parse=reader, react=on_news)


SUBSCRIPTIONS = {
    **{EVENT_TYPES[kind]: Subscription(parse=reader, react=on_need) for kind, reader in news.OF_NEEDS.items()},
    "linli.venue.sitting.topic_handed_on.v1": Subscription(parse=read_topic, react=on_topic_handed_on),
    **{event_type: _reading(reader) for event_type, reader in news.READERS.items()},
}


def _title(words: object) -> str:
    if not isinstance(words, str) or not words.strip():
        raise ValueError("a topic has words")
    return words.strip()
