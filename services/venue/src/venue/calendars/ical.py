# SPDX-License-Identifier: Apache-2.0
"""Writing a calendar as RFC 5545 with the properties of RFC 7986. The same calendar is always the same bytes."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import icalendar

from venue.calendars import zones
from venue.domain.calendars.calendar import REFRESHED_EVERY_HOURS, Calendar, CalendarEntry


def write(calendar: Calendar) -> bytes:
    """Write the calendar, its time zones included."""
    document = icalendar.Calendar()
    document.add("prodid", "-//Linli//venue//" + calendar.language.upper())
    document.add("version", "2.0")
    document.add("calscale", "GREGORIAN")
    document.add("method", "PUBLISH")
    document.add("uid", f"feed-{calendar.feed_id}@linli")
    document.add("name", calendar.name)
    document.add("x-wr-calname", calendar.name)
    document.add("refresh-interval", timedelta(hours=REFRESHED_EVERY_HOURS), parameters={"VALUE": "DURATION"})
    document.add("x-published-ttl", icalendar.vText(f"PT{REFRESHED_EVERY_HOURS}H"))
    if calendar.entries:
        document.add("last-modified", max(entry.changed_at for entry in calendar.entries).astimezone(UTC))
    for tz in sorted({entry.tz for entry in calendar.entries}):
        document.add_component(zones.describe(tz, calendar.zones_from, calendar.zones_until))
    for entry in calendar.entries:
        document.add_component(_event(entry))
    return document.to_ical()


def etag(document: bytes) -> str:
    """A strong validator: other bytes, other tag."""
    return f'"{hashlib.sha256(document).hexdigest()[:32]}"'


def _event(entry: CalendarEntry) -> icalendar.Event:
    zone, changed = ZoneInfo(entry.tz), entry.changed_at.astimezone(UTC)
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", entry.version)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    if entry.details:
        event.add("description", entry.details)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    return event
