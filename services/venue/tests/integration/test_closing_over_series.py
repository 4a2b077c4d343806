# SPDX-License-Identifier: Apache-2.0
"""A closure that takes several dates of a series tells its person once, with all of the dates."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from chassis.db import uuid7
from venue.deps import InProcess
from venue.usecases.booking.placing import OnBehalf
from venue.usecases.series.create import CreateSeries, create_series
from venue.usecases.venues.closures import CloseSpace, close_space

from ..conftest import at, book, counter, resident

TOLD = """
    SELECT convert_from(payload, 'UTF8')::jsonb -> 'data', sequence FROM outbox WHERE type = %s ORDER BY id"""


@pytest.fixture
def told(look):
    """What was told of a type, with its sequence."""
    return lambda name: look(TOLD, f"linli.venue.{name}.v1")


def daily(deps, house, start: str, room: str = "book_room", number: int = 6) -> dict[str, Any]:
    command = CreateSeries(
        house.spaces[room], f"FREQ=DAILY;COUNT={number}", date(2026, 11, 24), time.fromisoformat(start), 60,
        policy="skip_and_report", on_behalf_of=OnBehalf(uuid7(), "每天"),
    )  # fmt: skip
    return create_series(deps, counter(), command, InProcess()).content


def close(deps, house, starts: str, ends: str) -> dict[str, Any]:
    command = CloseSpace(
        house.venue_id, house.spaces["book_room"], at(starts), at(ends), "检修", "Repairs", cancel_bookings=True
    )
    return close_space(deps, counter(), command, InProcess()).content


def test_several_dates_of_a_series_are_one_event_that_lists_them(deps, house, look, told):
    one, other = daily(deps, house, "10:00"), daily(deps, house, "12:00")

    closed = close(deps, house, "2026-11-25T00:00", "2026-11-28T00:00")

    assert closed["cancelled_bookings"] == 6
    assert told("booking.cancelled") == []
    changed = {data["series_id"]: (data, version) for data, version in told("series.changed")}
    assert set(changed) == {one["series_id"], other["series_id"]}
    data, version = changed[one["series_id"]]
    assert [each["date"] for each in data["cancelled"]] == ["2026-11-25", "2026-11-26", "2026-11-27"]
    assert (data["reason_code"], data["dates"], data["skipped"]) == ("closure", [], [])
    assert look("SELECT version FROM series WHERE id = %s", UUID(one["series_id"])) == [(version,)]
    assert look("SELECT count(*) FROM bookings WHERE state = 'confirmed'") == [(6,)]


def test_a_single_booking_and_a_single_date_are_told_as_the_bookings_they_are(deps, house, told):
    series = daily(deps, house, "10:00")
    alone = book(deps, resident(), house.spaces["book_room"], "2026-11-25T13:00", "2026-11-25T14:00")

    close(deps, house, "2026-11-25T00:00", "2026-11-26T00:00")

    of_the_day = next(each["booking_id"] for each in series["dates"] if each["date"] == "2026-11-25")
    cancelled = told("booking.cancelled")
    assert {data["booking_id"] for data, _ in cancelled} == {alone["booking_id"], of_the_day}
    assert {data["reason_code"] for data, _ in cancelled} == {"closure"}
    assert told("series.changed") == []
