# SPDX-License-Identifier: Apache-2.0
"""Which events of others this service reacts to, and with which use case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from chassis.inbox import Received, Subscription

from venue.domain.money.reconciliation import Entry
from venue.usecases.booking import households
from venue.usecases.money import reconciliation
from venue.usecases.sittings import topics

if TYPE_CHECKING:
    from chassis.db import UnitOfWork

    from venue.deps import Deps


class PostedEntry(NamedTuple):
    """An entry of the ledger that came from an event of ours; ``entry`` is None where it came from elsewhere."""

    entry_id: UUID
    entry: Entry | None


def read_posted_entry(data: Mapping[str, Any]) -> PostedEntry:
    """Read what the ledger posted: how much its debits come to, and because of which act here."""
    if data.get("source_id") is None:
        return PostedEntry(UUID(data["entry_id"]), None)
    debits = sum(posting["amount_fen"] for posting in data["postings"] if posting["amount_fen"] > 0)
    entry = Entry(data["source_kind"], UUID(data["source_id"]), debits, date.fromisoformat(data["posted_on"]))
    return PostedEntry(UUID(data["entry_id"]), entry)


def on_entry_posted(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Keep the ledger's word, for the nightly comparison."""
    if event.data.entry is not None:
        reconciliation.keep_posted_entry(work, *event.data)


class RaisedNeed(NamedTuple):
    """A need that a topic of a sitting became; ``topic_id`` is None where it came from elsewhere."""

    need_id: UUID
    number: str
    topic_id: UUID | None


def read_raised_need(data: Mapping[str, Any]) -> RaisedNeed:
    """Read which topic became which need. Needs raised before numbers travelled have none, and no topic either."""
    topic_id = data.get("source_topic_id")
    return RaisedNeed(UUID(data["need_id"]), data.get("number", ""), UUID(topic_id) if topic_id else None)


def on_need_raised(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Show the number of the need that a topic became."""
    if event.data.topic_id is not None:
        topics.note_need(work, event.data.topic_id, event.data.need_id, event.data.number)


class StartedMembership(NamedTuple):
    """Somebody belongs to a household from a day on; staff who only serve here belong to none."""

    membership_id: UUID
    person_id: UUID
    household_id: UUID | None
    started_on: date


class EndedMembership(NamedTuple):
    """A membership's last day."""

    membership_id: UUID
    person_id: UUID
    ended_on: date


def read_started_membership(data: Mapping[str, Any]) -> StartedMembership:
    """Read who shares which household."""
    household = data["household_id"]
    return StartedMembership(
        UUID(data["membership_id"]),
        UUID(data["person_id"]),
        UUID(household) if household else None,
        date.fromisoformat(data["started_on"]),
    )


def read_ended_membership(data: Mapping[str, Any]) -> EndedMembership:
    """Read which membership is over."""
    return EndedMembership(UUID(data["membership_id"]), UUID(data["person_id"]), date.fromisoformat(data["ended_on"]))


def on_membership_started(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Keep who lives together, for quotas a household shares."""
    households.membership_started(work, *event.data)


def on_membership_ended(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Keep until when."""
    households.membership_ended(work, *event.data)


SUBSCRIPTIONS: dict[str, Subscription] = {
    "linli.engagement.need.raised.v1": Subscription(parse=read_raised_need, react=on_need_raised),
    "linli.identity.membership.started.v1": Subscription(parse=read_started_membership, react=on_membership_started),
    "linli.identity.membership.ended.v1": Subscription(parse=read_ended_membership, react=on_membership_ended),
    "linli.disclosure.entry.posted.v1": Subscription(parse=read_posted_entry, react=on_entry_posted),
}
