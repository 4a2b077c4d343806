# SPDX-License-Identifier: Apache-2.0
"""Events enter the outbox in the transaction of the change, complete and checked."""

import json
from uuid import UUID

import psycopg
import pytest
from chassis.auth import Actor
from chassis.events import MAX_BYTES, Event, part_of
from cloudevents.core.formats.json import JSONFormat

WUFUQIAO = "510104030006"
SECRETARY = Actor("0198c0de-0000-7000-8000-000000000001", WUFUQIAO, frozenset(), office="community_secretary")


def test_an_event_is_kept_or_lost_together_with_its_change(backbone):
    with backbone.database.unit_of_work(SECRETARY) as work:
        work.outbox.add(backbone.event("t1", 1))  # and the use case fails before its commit

    assert backbone.unsent() == 0

    backbone.change("t1")

    assert backbone.unsent() == 1


def test_a_row_of_the_outbox_says_where_the_event_goes_and_what_it_is_about(backbone):
    with backbone.database.unit_of_work(SECRETARY) as work:
        event_id = work.outbox.add(backbone.event("t1", 7))
        work.commit()

    row = backbone.query(
        "SELECT event_id, division_code, part, topic, type, aggregate_type, aggregate_id, sequence FROM outbox"
    )[0]
    assert row == (event_id, WUFUQIAO, part_of(WUFUQIAO), backbone.topic, backbone.type, "thing", "t1", 7)


def test_another_implementation_reads_our_envelope(backbone):
    with backbone.database.unit_of_work(SECRETARY) as work:
        event_id = work.outbox.add(backbone.event("t1", 7, room="议事茶亭"))
        work.commit()

    event = JSONFormat().read(None, backbone.query("SELECT payload FROM outbox")[0][0])
    assert UUID(event.get_id()) == event_id
    assert event.get_source() == f"/linli/{backbone.service}"
    assert event.get_subject() == "thing/t1"
    assert event.get_time() == backbone.clock.now()
    assert event.get_data() == {"room": "议事茶亭"}
    assert event.get_extension("divisioncode") == WUFUQIAO
    assert event.get_extension("sequence") == 7
    assert event.get_extension("actoroffice") == "community_secretary"


def test_two_events_cannot_claim_the_same_version_of_an_aggregate(backbone):
    with backbone.database.unit_of_work(SECRETARY) as work:
        work.outbox.add(backbone.event("t1", 1))

        with pytest.raises(psycopg.errors.UniqueViolation):
            work.outbox.add(backbone.event("t1", 1))


def test_an_event_too_large_for_the_broker_is_refused_before_it_is_stored(backbone):
    with backbone.database.unit_of_work(SECRETARY) as work, pytest.raises(ValueError, match="too large"):
        work.outbox.add(backbone.event("t1", 1, text="x" * MAX_BYTES))


def test_a_service_cannot_emit_the_events_of_another(backbone):
    with backbone.database.unit_of_work(SECRETARY) as work, pytest.raises(ValueError, match="does not emit"):
        work.outbox.add(Event("linli.another.thing.happened.v1", "t1", 1, {}))


@pytest.mark.parametrize("statement", ["SELECT id FROM outbox", "DELETE FROM outbox", "SELECT id FROM event_log"])
def test_the_app_role_can_only_insert_into_the_outbox(backbone, statement):
    with backbone.made.as_role("app", WUFUQIAO) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_an_event_tells_which_one_caused_it(backbone):
    def emit_again(deps, work, event):
        work.outbox.add(backbone.event("t2", 1))

    backbone.react = emit_again
    cause = backbone.envelope("t1", 1)
    backbone.consumer().applier.apply([_delivery(backbone, cause)])

    effect = json.loads(backbone.query("SELECT payload FROM outbox")[0][0])
    assert effect["causationid"] == json.loads(cause)["id"]
    assert effect["correlationid"] == json.loads(cause)["correlationid"]


def _delivery(backbone, payload):
    from chassis.inbox.delivery import Delivery

    return Delivery(backbone.topic, 0, 0, WUFUQIAO.encode(), payload)
