# SPDX-License-Identifier: Apache-2.0
"""Serve a calendar feed to whoever knows its address (docs/decisions/0015)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.reply import Reply

from venue.calendars import ical
from venue.calendars.tokens import read_token
from venue.deps import Deps
from venue.domain.calendars import calendar as rules
from venue.domain.calendars.calendar import STATUS, Calendar, CalendarEntry, Feed
from venue.domain.money import money_refusals
from venue.store.calendars import calendar_feeds

TEXTS = {
    "zh": {"own": "我的预订", "community": "社区场所", "busy": "已占用", "code": "取屋号", "closure": "暂停开放"},
    "en": {"own": "My bookings", "community": "Community rooms", "busy": "Busy", "code": "Code", "closure": "Closed"},
}


def get_calendar(deps: Deps, token: str, known: str | None) -> Reply:
    """Return the calendar of an address, or 304 where the caller has it already.

    An address that we never signed, one of another key, a revoked one and one of somebody who left look the same: 404.
    """
    signed = read_token(deps.calendar_secret, token) if deps.calendar_secret else None
    if signed is None:
        raise money_refusals.unknown_feed()
    now = deps.clock.now()
    with deps.database.read(Actor.system(signed.division, "calendar")) as connection:
        feed = calendar_feeds.of_token(connection, signed.division, signed.digest, now)
        if feed is None:
            raise money_refusals.unknown_feed()
        calendar = _calendar(connection, signed.division, feed, now)
    document = ical.write(calendar)
    headers = {"ETag": ical.etag(document), "Cache-Control": "private, max-age=300"}
    if known is not None and headers["ETag"] in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Reply(304, b"", headers)
    return Reply(200, document, headers | {"Content-Type": "text/calendar; charset=utf-8"})


def _calendar(connection: sa.Connection, division: str, feed: Feed, now: datetime) -> Calendar:
    (first, last), words = rules.window(now), TEXTS[feed.language]
    if feed.person_id is not None:
        rows = calendar_feeds.own_bookings(connection, division, feed.person_id, first, last)
        entries = [_own(row, feed.language) for row in rows]
        name = words["own"]
    else:
        busy = calendar_feeds.busy_times(connection, division, feed, first, last)
        told = calendar_feeds.public_times(connection, division, feed, first, last)
        entries = [_busy(row, feed.language) for row in busy] + [_told(row, feed.language) for row in told]
        name = calendar_feeds.name(connection, division, feed, feed.language) or words["community"]
    ordered = sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
    return Calendar(feed.feed_id, name, feed.language, tuple(ordered), *rules.zone_years(now))


def _own(row: Mapping[str, Any], language: str) -> CalendarEntry:
    room, venue = row[f"name_{language}"], row[f"venue_{language}"]
    code = f"{TEXTS[language]['code']}: {row['pick_up_code']}"
    return CalendarEntry(
        "booking", *_known(row), STATUS[row["state"]], f"{venue} · {room}", f"{venue} {room}", details=code
    )


def _busy(row: Mapping[str, Any], language: str) -> CalendarEntry:
    """When, where, and nothing else: neither who nor why."""
    status = STATUS[row["state"]] if row["stands"] else "CANCELLED"
    place = f"{row[f'venue_{language}']} {row[f'name_{language}']}"
    return CalendarEntry("booking", *_known(row), status, TEXTS[language]["busy"], place)


def _told(row: Mapping[str, Any], language: str) -> CalendarEntry:
    title = row[f"title_{language}"]
    if row["kind"] == "closure":
        title = f"{TEXTS[language]['closure']}: {title}"
    place = f"{row[f'venue_{language}']} {row[f'name_{language}']}"
    return CalendarEntry(row["kind"], *_known(row), STATUS[row["state"]], title, place)


def _known(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("id", "version", "changed_at", "starts_at", "ends_at", "tz"))
