# SPDX-License-Identifier: Apache-2.0
"""Calendar feeds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from venue.usecases.calendars import calendar_feeds, read_calendar


def create_calendar_feed(call: Call, body: dict[str, Any]) -> Reply:
    """Make a feed."""
    space, venue = (UUID(body[name]) if name in body else None for name in ("space_id", "venue_id"))
    command = calendar_feeds.MakeFeed(body["kind"], space, venue, body.get("label"))
    return calendar_feeds.create_calendar_feed(call.deps, call.actor, command, call)


def list_calendar_feeds(call: Call) -> dict[str, Any]:
    """The feeds the caller looks after."""
    return calendar_feeds.list_calendar_feeds(call.deps, call.actor, call.language)


def revoke_calendar_feed(call: Call, feed_id: str) -> Reply:
    """Revoke a feed."""
    return calendar_feeds.revoke_calendar_feed(call.deps, call.actor, UUID(feed_id), call)


def get_calendar(call: Call, token: str) -> Reply:
    """Public by address, private by the address's secret: a feed for calendar programs."""
    return read_calendar.get_calendar(call.deps, token, call.if_none_match)
