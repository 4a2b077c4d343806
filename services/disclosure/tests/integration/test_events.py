# SPDX-License-Identifier: Apache-2.0
"""Venue's events over a real broker, and what this service tells others."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from chassis.db import uuid7
from chassis.event_schemas import Schemas
from chassis.events import parse
from chassis.outbox.relay import Relay
from chassis.testing.loops import running, until
from disclosure import bootstrap
from disclosure.usecases.open_books import OperatorContract, open_books

CONTRACTS = Path(__file__).resolve().parents[4] / "contracts"
EXAMPLES = CONTRACTS / "events" / "venue" / "examples"
OWN_TYPES = [f"linli.disclosure.{name}.v1" for name in (
    "entry.posted", "statement.submitted", "statement.rejected", "statement.published")]  # fmt: skip


def envelope(thing, booking=None, **data):
    """Venue's example with fresh ids, as bytes on the wire."""
    told = json.loads((EXAMPLES / f"booking.{thing}.v1.example-1.json").read_text())
    told["id"] = str(uuid7())
    told["subject"] = f"booking/{booking or uuid7()}"
    told["data"] |= {"settlement_id": str(uuid7()), "booking_id": told["subject"].partition("/")[2]} | data
    return json.dumps(told).encode()


class Wire:
    """The topics between venue and this service, and what the ledger made of them."""

    def __init__(self, broker, settings, deps, database):
        self.broker = broker
        self.consumer = bootstrap.consumer(settings, deps)
        self.database = database

    def deliver(self, *payloads):
        self.broker.send("linli.venue", [(b"510104030006", payload) for payload in payloads])

    def query(self, sql):
        with self.database.superuser() as connection:
            return connection.execute(sql).fetchall()

    def kinds(self):
        return [row[0] for row in self.query("SELECT kind FROM journal_entries ORDER BY no")]


@pytest.fixture
def wire(kafka, settings, deps, database, community, frozen_clock):
    kafka.create_topics("venue", "disclosure")
    venue = UUID(json.loads(envelope("settled"))["data"]["venue_id"])
    open_books(deps, community.division, OperatorContract(venue, "示例茶馆运营方", 600, frozen_clock.now().date()))
    # A group of its own reads the whole topic, which outlives each test: only new records concern it.
    settings = type(settings)(**settings.__dict__ | {"kafka_bootstrap": kafka.bootstrap})
    return Wire(kafka, settings, deps, database)


def settled_and_reversed():
    settlement, booking = str(uuid7()), str(uuid7())
    settled = envelope("settled", booking, settlement_id=settlement)
    reversal = envelope("settlement_reversed", booking, settlement_id=settlement, reversal_id=str(uuid7()))
    return settled, reversal


def test_what_venue_tells_three_times_is_posted_once_and_told_on(wire, database, kafka):
    settled, reversal = settled_and_reversed()
    wire.deliver(settled, settled, reversal, settled, reversal)

    with running(wire.consumer):
        until(lambda: len(wire.kinds()) >= 2, "two entries")
        wire.deliver(last := envelope("settled"))
        until(lambda: len(wire.kinds()) >= 3, "the entry after the repetitions")

    assert wire.kinds() == ["income", "reversal", "income"]
    assert wire.query("SELECT count(*) FROM parked") == [(0,)]
    with running(Relay("disclosure", database.url("relay"), kafka.bootstrap)):
        until(lambda: wire.query("SELECT count(*) FROM outbox") == [(0,)], "everything sent")
    told = [parse(record.value) for record in kafka.read("linli.disclosure")]
    assert [(one.type, one.sequence) for one in told] == [("linli.disclosure.entry.posted.v1", no) for no in (1, 2, 3)]
    assert told[2].causation_id == json.loads(last)["id"]


def test_the_same_settlement_under_another_event_is_not_posted_again(wire):
    settled, _ = settled_and_reversed()
    again = json.loads(settled) | {"id": str(uuid7())}
    wire.deliver(settled, json.dumps(again).encode(), envelope("settled"))

    with running(wire.consumer):
        until(lambda: len(wire.kinds()) >= 2, "the entry after the repetition")

    assert wire.query("SELECT count(*) FROM parked") == [(0,)]
    assert len(wire.kinds()) == 2


def test_what_breaks_the_contract_is_parked_and_neighbours_are_posted(wire):
    wire.deliver(envelope("settled", amount_fen=-5), envelope("settled", occurred_on="soon"), envelope("settled"))

    with running(wire.consumer):
        until(lambda: wire.kinds(), "the good one")
        until(lambda: wire.query("SELECT count(*) FROM parked") == [(2,)], "the bad ones parked")

    assert wire.kinds() == ["income"]


def test_what_we_tell_is_exactly_what_our_schemas_say(community, database):
    settlement = community.settle(6000)
    community.reverse(settlement)
    community.publish("2026-10")
    community.reject(community.submit("2026-11", confirm=True))
    community.publish("2026-11", confirm=True)

    schemas = Schemas(CONTRACTS, OWN_TYPES)
    with database.superuser() as connection:
        payloads = [row[0] for row in connection.execute("SELECT payload FROM outbox ORDER BY id")]
    told = [parse(payload) for payload in payloads]
    for event in told:
        schemas.require_exact(event.type, event.data)
    assert {event.type for event in told} == set(OWN_TYPES)
    assert all(b"\xe8\xaf\xb7" not in payload for payload in payloads), "a reason's words left the service"
    published = [event for event in told if event.type.endswith("published.v1")]
    assert [event.data["month"] for event in published] == ["2026-10", "2026-11"]
