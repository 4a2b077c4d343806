# SPDX-License-Identifier: Apache-2.0
"""Every event is exactly what its schema promises, and says nothing about a person but an id."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date
from uuid import uuid4

import pytest
from chassis.event_schemas import Schemas
from chassis.events import build
from venue.domain import events
from venue.domain.booking.booking import Booking, Part, Settlement

from ..conftest import CONTRACTS, at

BOOKING = Booking(
    booking_id=uuid4(), version=1, state="confirmed", venue_id=uuid4(), space_id=uuid4(), person_id=uuid4(),
    starts_at=at("2026-11-26T19:00"), ends_at=at("2026-11-26T21:00"), tz="Asia/Shanghai", regime="commercial",
    price_fen=6000, checked_in_at=at("2026-11-26T18:55"), checked_out_at=at("2026-11-26T20:55"),
)  # fmt: skip
PARTS = (
    Part(at("2026-11-26T17:00"), at("2026-11-26T18:00"), "public_benefit", 1, 0, 0),
    Part(at("2026-11-26T18:00"), at("2026-11-26T20:00"), "commercial", 1, 3000, 6000),
)
SETTLEMENT = Settlement(uuid4(), 1, 1, 6000, "cash", at("2026-11-26T20:56"))
NAMES = {"venue_name": "五福茶馆", "space_name": "议事茶亭", "on": date(2026, 11, 26)}
EVENTS = [
    events.confirmed(BOOKING, "self"),
    events.confirmed(replace(BOOKING, parts=PARTS), "self"),
    events.requested(BOOKING, "self"),
    events.declined(replace(BOOKING, version=2)),
    events.moved(replace(BOOKING, version=2, starts_at=at("2026-11-27T19:00"), parts=PARTS), BOOKING),
    events.cancelled(replace(BOOKING, version=2), "counter"),
    events.checked_in(replace(BOOKING, version=2)),
    events.checked_out(replace(BOOKING, version=3)),
    events.settled(replace(BOOKING, version=4), SETTLEMENT, **NAMES),
    events.settlement_reversed(
        replace(BOOKING, version=5), SETTLEMENT, reversal_id=uuid4(), reason_code="wrong_booking", **NAMES
    ),
]
SCHEMAS = Schemas(CONTRACTS, sorted({event.type for event in EVENTS}))


def data_of(event):
    envelope = build(
        event, event_id=uuid4(), division="510104030006", office=None, time=at("2026-11-26T21:00").astimezone(UTC)
    )
    return json.loads(envelope)["data"]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_exactly_what_its_schema_promises(event):
    SCHEMAS.require_exact(event.type, data_of(event))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_the_published_example_is_exactly_what_the_schema_promises(event):
    _, service, aggregate, happened, version = event.type.split(".")
    example = CONTRACTS / "events" / service / "examples" / f"{aggregate}.{happened}.{version}.example-1.json"

    envelope = json.loads(example.read_bytes())

    assert envelope["type"] == event.type
    SCHEMAS.require_exact(event.type, envelope["data"])


def test_money_events_never_name_whom_it_was_taken_from():
    for event in EVENTS[8:]:
        assert "person_id" not in data_of(event)
