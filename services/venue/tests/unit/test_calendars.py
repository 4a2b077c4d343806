# SPDX-License-Identifier: Apache-2.0
"""Our calendars as another library reads them: instants, zones, long Chinese lines; and addresses nobody makes up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import vobject
from venue.calendars import ical
from venue.calendars.tokens import new_token, read_token
from venue.domain.calendars.calendar import Calendar, CalendarEntry

ONE = UUID("0192f0c4-7a10-7b3e-8f00-00000000b001")
CHANGED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ZONES = [
    "Asia/Shanghai", "Asia/Urumqi", "Europe/Helsinki", "America/Vancouver", "Australia/Lord_Howe", "Pacific/Apia",
    "America/St_Johns", "Africa/Casablanca", "Europe/Dublin",
]  # fmt: skip


def entry(starts_at, hours=2.0, zone="Asia/Shanghai", **more):
    told = {
        "kind": "booking", "entry_id": ONE, "version": 3, "changed_at": CHANGED, "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours), "tz": zone, "status": "CONFIRMED",
        "title": "五福茶馆 · 议事茶亭",
        "place": "五福茶馆 议事茶亭",
    }  # fmt: skip
    return CalendarEntry(**{**told, **more})


def written(*entries, name="我的预订"):
    calendar = Calendar(ONE, name, "zh", entries, date(2025, 1, 1), date(2028, 12, 31))
    return ical.write(calendar)


def read(document):
    return vobject.readOne(document.decode())


def nights_of_change(zone):
    """The evening before, the night of, and the morning after each change of the clock in 2026 and 2027."""
    at, ahead = datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        if at.astimezone(ahead).utcoffset() != (at + timedelta(days=1)).astimezone(ahead).utcoffset():
            yield from (at + timedelta(hours=hour) for hour in range(-4, 30, 3))
        at += timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_another_library_reads_the_same_instants_whatever_the_clock_does(zone):
    times = [datetime(2026, 3, 1, 15, tzinfo=UTC), *nights_of_change(zone)]

    for at in times:
        event = read(written(entry(at, zone=zone, hours=9))).vevent
        start, end = (one.value.astimezone(UTC) for one in (event.dtstart, event.dtend))
        local = at.astimezone(ZoneInfo(zone))
        if local.replace(fold=1).utcoffset() == local.replace(fold=0).utcoffset():  # RFC 5545: the first of the two
            assert start == at, f"{at} in {zone}"
        ends = (at + timedelta(hours=9)).astimezone(ZoneInfo(zone))
        if ends.replace(fold=1).utcoffset() == ends.replace(fold=0).utcoffset():
            assert end == at + timedelta(hours=9), f"{at} in {zone}"


def test_a_booking_past_midnight_ends_on_the_next_local_day():
    starts = datetime(2026, 11, 26, 22, tzinfo=ZoneInfo("Asia/Shanghai"))

    event = read(written(entry(starts, hours=3.5))).vevent

    assert event.dtend.value.replace(tzinfo=None) == datetime(2026, 11, 27, 1, 30)
    assert event.dtend.value.utcoffset() == timedelta(hours=8)


def test_the_zone_is_described_in_the_document():
    document = written(entry(CHANGED, zone="Europe/Helsinki"), entry(CHANGED, zone="Asia/Shanghai"))

    zones = {one.tzid.value for one in read(document).vtimezone_list}

    assert zones == {"Europe/Helsinki", "Asia/Shanghai"}


@pytest.mark.parametrize("title", ["议" * 200, "茶;馆,议\\事\n二楼", "𠮷野家" * 60, "a议" * 100, "🍵" * 90])
def test_no_line_is_longer_than_seventy_five_octets_and_every_word_survives(title):
    document = written(entry(CHANGED, title=title, details=title))

    assert max(len(line) for line in document.split(b"\r\n")) <= 75
    event = read(document).vevent
    assert (event.summary.value, event.description.value) == (title, title)


def test_an_entry_keeps_its_identity_and_counts_its_changes():
    first, then = (
        read(written(entry(CHANGED, version=version, status=status))).vevent
        for version, status in ((1, "CONFIRMED"), (2, "CANCELLED"))
    )

    assert first.uid.value == then.uid.value == f"booking-{ONE}@linli"
    assert (first.sequence.value, then.sequence.value) == ("1", "2")
    assert (then.status.value, then.transp.value) == ("CANCELLED", "TRANSPARENT")
    assert first.contents["last-modified"][0].value.astimezone(UTC) == CHANGED


def test_readers_are_told_the_name_and_how_often_to_come():
    document = written(entry(CHANGED))

    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in document
    assert read(document).contents["name"][0].value == "我的预订"


def test_the_same_calendar_is_the_same_bytes():
    assert written(entry(CHANGED)) == written(entry(CHANGED))
    assert ical.etag(written(entry(CHANGED))) != ical.etag(written(entry(CHANGED, version=4)))


def test_an_empty_calendar_is_one_too():
    assert "vevent_list" not in read(written()).contents


def test_an_address_says_where_it_was_made_and_nobody_else_can_make_one():
    text, token = new_token(b"ours", "510104030006")

    assert read_token(b"ours", text) == token
    assert token.division == "510104030006"
    assert read_token(b"theirs", text) is None


@pytest.mark.parametrize("place", range(0, 80, 7))
def test_an_address_with_one_letter_changed_is_nobodys(place):
    text, _ = new_token(b"ours", "510104030006")
    other = "A" if text[place] != "A" else "B"

    assert read_token(b"ours", text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "x", "A" * 80, "A" * 79, "-" * 81, "é" * 80])
def test_what_is_no_address_is_refused_quietly(text):
    assert read_token(b"ours", text) is None
