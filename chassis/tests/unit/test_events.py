# SPDX-License-Identifier: Apache-2.0
"""Envelopes: what is written can be read, and what is not an event is said to be none."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from chassis.events import Event, MalformedEvent, Trace, tracing
from chassis.logging import request_id

from chassis import events

TYPE = "linli.venue.booking.settled.v1"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ID = UUID("0198c0de-0000-7000-8000-000000000001")


def written(**changes):
    payload = events.build(Event(TYPE, "b1", 3, {"amount_fen": 6000}), event_id=ID, division="510104030006",
                           office=None, time=AT)  # fmt: skip
    envelope = json.loads(payload) | changes
    return json.dumps({name: value for name, value in envelope.items() if value is not ...}).encode()


def test_what_is_written_is_read_back():
    event = events.parse(written())

    assert (event.id, event.type, event.division, event.sequence, event.time) == (ID, TYPE, "510104030006", 3, AT)
    assert (event.aggregate_type, event.aggregate_id, event.data) == ("booking", "b1", {"amount_fen": 6000})
    assert (event.office, event.causation_id, event.correlation_id) == (None, None, str(ID))


def test_the_envelope_names_its_source_and_schema():
    envelope = json.loads(written())

    assert envelope["source"] == "/linli/venue"
    assert envelope["dataschema"] == "/contracts/events/venue/booking.settled.v1.schema.json"
    assert "actoroffice" not in envelope


def test_attributes_we_do_not_know_are_ignored():
    assert events.parse(written(traceparent="00-1-2-03")).id == ID


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ...}, {"id": "1"}, {"type": ...}, {"type": "linli.venue.booking.v1"}, {"type": 7}, {"subject": ...},
        {"subject": "booking"}, {"subject": "booking/\x00"}, {"divisioncode": ...}, {"divisioncode": "51010"},
        {"divisioncode": "５１０１０４"},
        {"time": ...}, {"time": "2026-11-23T02:00:00"}, {"time": "now"}, {"sequence": ...},
        {"sequence": "three"}, {"data": ...}, {"data": []}, {"specversion": "0.3"}, {"specversion": ...},
    ],
    ids=str,
)  # fmt: skip
def test_an_envelope_that_lacks_or_garbles_something_is_no_event(changes):
    with pytest.raises(MalformedEvent):
        events.parse(written(**changes))


@pytest.mark.parametrize(
    "name", ["booking.settled", "linli.venue.booking.settled", "linli.Venue.a.b.v1", "linli.a.b.c.v0"]
)
def test_a_type_that_does_not_follow_the_house_style_cannot_be_emitted(name):
    with pytest.raises(ValueError, match="does not read"):
        Event(name, "b1", 1, {})


def test_data_may_hold_ids_days_and_instants_and_nothing_stranger():
    build = lambda data: events.build(Event(TYPE, "b1", 1, data), event_id=ID, division="510104", office=None, time=AT)  # noqa: E731

    assert json.loads(build({"id": ID, "on": AT.date(), "at": AT}))["data"] == {
        "id": str(ID), "on": "2026-11-23", "at": "2026-11-23T02:00:00+00:00"
    }  # fmt: skip
    with pytest.raises(TypeError):
        build({"amount": object()})


def test_an_event_belongs_to_the_request_or_the_event_that_caused_it():
    token = request_id.set("request-1")
    try:
        assert events.parse(written()).correlation_id == "request-1"
        with tracing(Trace("first", "cause")):
            event = events.parse(written())
    finally:
        request_id.reset(token)

    assert (event.correlation_id, event.causation_id) == ("first", "cause")


def test_a_division_always_has_the_same_part():
    assert [events.part_of(code) for code in ("510104", "510104030", "510104030006")] == [11, 54, 18]
    assert {events.part_of(str(uuid4())) for _ in range(2000)} <= set(range(events.PARTS))


def test_topics_are_named_after_services():
    assert events.topic_of(TYPE) == "linli.venue"
    assert events.dead_letter_topic("disclosure") == "linli.disclosure.dead"
