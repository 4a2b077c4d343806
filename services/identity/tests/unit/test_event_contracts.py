# SPDX-License-Identifier: Apache-2.0
"""Every event this service makes is exactly what its schema promises, and so is every example."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from chassis.db import uuid7
from chassis.event_schemas import Schemas
from chassis.events import Event, build, parse
from identity.domain import events

CONTRACTS = Path(__file__).parents[4] / "contracts"
EXAMPLES = sorted((CONTRACTS / "events" / "identity" / "examples").glob("*.json"))
DAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MADE = [
    events.division_registered("510104030006", "community", "510104030", DAY, "五福桥社区"),
    events.division_registered("510104", "district", None, DAY, "锦江区"),
    events.place_registered(uuid7(), "estate", None),
    events.place_registered(uuid7(), "household", uuid7()),
    events.membership_started(uuid7(), uuid7(), uuid7(), "owner", DAY),
    events.membership_started(uuid7(), uuid7(), None, "staff", DAY),
    events.membership_ended(uuid7(), 2, uuid7(), DAY),
    events.office_assigned(uuid7(), uuid7(), "street_officer", "510104030", DAY, DAY),
    events.office_ended(uuid7(), 2, uuid7(), "venue_operator", "510104030006", NOW, is_expired=True),
]


@pytest.mark.parametrize("event", MADE, ids=lambda event: event.type)
def test_what_is_made_follows_its_schema(event: Event):
    envelope = json.loads(build(event, event_id=uuid7(), division="510104030006", office=None, time=NOW))

    Schemas(CONTRACTS, [event.type]).require_exact(event.type, envelope["data"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_each_example_follows_its_schema(path: Path):
    event = parse(path.read_bytes())

    Schemas(CONTRACTS, [event.type]).require_exact(event.type, event.data)


def test_every_schema_has_an_event_and_an_example():
    schemas = {path.name.removesuffix(".schema.json") for path in (CONTRACTS / "events" / "identity").glob("*.json")}

    assert schemas == {event.type.removeprefix("linli.identity.") for event in MADE}
    assert schemas == {path.name.rsplit(".example", 1)[0] for path in EXAMPLES}
