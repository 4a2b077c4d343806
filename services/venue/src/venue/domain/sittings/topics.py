# SPDX-License-Identifier: Apache-2.0
"""A topic for a sitting: proposed in somebody's words, published in staff's, then answered or handed on as a need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from venue.domain.sittings import sitting_refusals as refusals

HIDDEN_BELOW = 5  # a count of distinct persons under five is nobody's business
PUBLIC = ("published", "handed_on", "answered")
GONE = ("merged", "declined")
UNANSWERED = ("proposed", "published")  # what goes on to the next sitting where this one does not take place
MOST_OPEN = 5  # topics of one person that wait for staff


@dataclass(frozen=True)
class Topic:
    """A topic as it stands. ``wording`` is public and names nobody; ``text`` never leaves the staff and its author."""

    topic_id: UUID
    version: int
    session_id: UUID
    text: str
    category: str
    channel: str
    raised_by: UUID | None
    state: str
    created_at: datetime
    wording: str | None = None
    answer: str | None = None
    merged_into: UUID | None = None
    handed_on_at: datetime | None = None
    need_id: UUID | None = None
    need_number: str | None = None
    declined_for: str | None = None
    declined_words: str | None = None

    @property
    def acts(self) -> list[str]:
        """List what staff may do with it now, in the order pages show it."""
        can = {
            "publish": self.state in ("proposed", *PUBLIC),
            "answer": self.state in PUBLIC,
            "hand_on": self.state == "published",
            "merge": self.state in ("proposed", "published"),
            "decline": self.state == "proposed",
        }
        return [act for act, allowed in can.items() if allowed]


def publish(topic: Topic, wording: str) -> Topic:
    """Publish it in words that name nobody; what is public already is put into better ones."""
    if topic.state not in ("proposed", *PUBLIC):
        raise refusals.topic_state(topic.state)
    state = "published" if topic.state == "proposed" else topic.state
    return _next(topic, state=state, wording=wording)


def decline(topic: Topic, reason: str, words: str | None) -> Topic:
    """Keep it from the public for good; ``words`` are for who raised it, and what the reason ``other`` means."""
    if topic.state != "proposed":
        raise refusals.topic_state(topic.state)
    if reason == "other" and not words:
        raise refusals.reason_needs_words()
    return _next(topic, state="declined", declined_for=reason, declined_words=words or None)


def support(topic: Topic) -> Topic:
    """Refuse to stand behind what the public does not know or what is merged away."""
    if topic.state not in PUBLIC:
        raise refusals.unknown_topic()
    return topic


def merge(topic: Topic, into: Topic) -> Topic:
    """Make it part of another topic that still stands; what is public never vanishes into what is not."""
    if topic.state not in ("proposed", "published"):
        raise refusals.topic_state(topic.state)
    if into.topic_id == topic.topic_id or into.state in GONE:
        raise refusals.merges_into_itself()
    if topic.state in PUBLIC and into.state not in PUBLIC:
        raise refusals.merges_into_itself()
    return _next(topic, state="merged", merged_into=into.topic_id)


def hand_on(topic: Topic, wording: str, category: str, now: datetime) -> Topic:
    """Hand it on as a need, under the public words; only what is published already travels."""
    if topic.state != "published":
        raise refusals.topic_state(topic.state)
    return _next(topic, state="handed_on", wording=wording, category=category, handed_on_at=now)


def answer(topic: Topic, words: str) -> Topic:
    """Answer it in public: one line of the sitting's minutes. An answer is corrected by another one."""
    if topic.state not in PUBLIC:
        raise refusals.topic_state(topic.state)
    return _next(topic, state="answered", answer=words)


def became_need(topic: Topic, need_id: UUID, number: str) -> Topic:
    """Note the need it became; hearing so twice changes nothing."""
    return topic if topic.need_id == need_id else _next(topic, need_id=need_id, need_number=number)


def shown_supporters(count: int) -> int | None:
    """Return how many stand behind it as far as the public may know."""
    return count if count >= HIDDEN_BELOW else None


def _next(topic: Topic, **changes: object) -> Topic:
    return replace(topic, version=topic.version + 1, **changes)  # type: ignore[arg-type]
