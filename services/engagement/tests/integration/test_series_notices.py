# SPDX-License-Identifier: Apache-2.0
"""What is told of a series is told once, however many of its dates it is about."""

from __future__ import annotations

import json

from chassis.db import uuid7

from services.engagement.tests.conftest import CONTRACTS

from .test_notices import OFFICE, deliver, raised, told


def test_a_series_is_one_notice_with_the_number_of_dates_left_out(desk):
    resident = desk.resident()
    dates = [
        {
            "date": f"2026-12-0{day}", "booking_id": uuid7(), "starts_at": f"2026-12-0{day}T11:00:00Z",
            "ends_at": f"2026-12-0{day}T13:00:00Z", "regime": "commercial", "price_fen": 0, "shifted": False,
        }
        for day in (1, 3)
    ]  # fmt: skip
    rule = {"rrule": "FREQ=DAILY", "local_start": "19:00", "minutes": 120, "time_zone": "Asia/Shanghai"}
    about = {"series_id": uuid7(), "venue_id": uuid7(), "space_id": uuid7(), "person_id": resident.person_id}
    skipped = [{"date": "2026-12-02", "reason_code": "slot_taken"}]
    told_of = {**about, **rule, "channel": "self", "open_ended": False, "dates": dates, "skipped": skipped}

    deliver(desk, "linli.venue.series.confirmed.v1", told_of, 1)

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["dates"], notice["left_out"]) == ("series_made", 2, 1)
    assert len(raised(desk)) == 1


def test_a_change_by_staff_counts_the_dates_it_dropped(desk):
    resident = desk.resident()
    example = CONTRACTS / "events" / "venue" / "examples" / "series.changed.v1.example-1.json"
    changed = {**json.loads(example.read_text("utf-8"))["data"], "person_id": resident.person_id}

    deliver(desk, "linli.venue.series.changed.v1", changed, 1, office=OFFICE)
    assert (len(changed["dates"]), told(resident)["items"][0]["dates"]) == (1, 2)
    deliver(desk, "linli.venue.series.changed.v1", {**changed, "dates": []}, 2, office=OFFICE)

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["dates"], notice["left_out"]) == ("series_changed", 1, 0)


def test_what_a_closure_takes_of_a_series_is_one_notice_with_the_number_of_dates(desk):
    resident = desk.resident()
    example = CONTRACTS / "events" / "venue" / "examples" / "series.changed.v1.example-2.json"
    changed = {**json.loads(example.read_text("utf-8"))["data"], "person_id": resident.person_id}
    deliver(desk, "linli.venue.series.changed.v1", changed, 1)
    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["dates"], notice["reason_code"]) == ("series_changed", 3, "closure")
