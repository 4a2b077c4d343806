# SPDX-License-Identifier: Apache-2.0
"""Which events engagement reacts to: its own, because whatever changes a need changes the counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chassis.inbox import Received, Subscription

from engagement.usecases import need_counts
from engagement.usecases.needs import EVENT_TYPES

if TYPE_CHECKING:
    from chassis.db import UnitOfWork


def _nothing(_data: Mapping[str, Any]) -> None:
    """Read nothing out of the event: that it happened in this community is enough."""


def count_again(_deps: Any, work: UnitOfWork, _event: Received) -> None:
    """Have the community of the event counted again."""
    need_counts.mark_community(work)


SUBSCRIPTIONS = {event_type: Subscription(parse=_nothing, react=count_again) for event_type in EVENT_TYPES.values()}
