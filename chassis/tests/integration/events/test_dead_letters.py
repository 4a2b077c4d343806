# SPDX-License-Identifier: Apache-2.0
"""One bad record stops nobody else: it and what follows it wait for a person, and one command puts them right."""

import json

import psycopg
import pytest
from chassis.events import MalformedEvent, dead_letter_topic
from chassis.testing.loops import running, until

from chassis import dead_letters

WUFUQIAO, SHUANGGUILU = "510104030006", "510104030009"


@pytest.fixture
def poisonous(backbone):
    """A reaction that fails on events which say so, until it is repaired."""
    record = backbone.react

    def react(deps, work, event):
        if event.data.get("poison"):
            raise ValueError("cannot be applied")
        record(deps, work, event)

    backbone.react = react
    backbone.repair = lambda: setattr(backbone, "react", record)
    return backbone


def consume(backbone, condition, what):
    with running(backbone.consumer()) as consumer:
        until(condition, what)
    return consumer


def test_poison_and_what_follows_it_are_parked_and_neighbours_are_applied(poisonous):
    poison = poisonous.envelope("bad", 2, poison=True)
    poisonous.deliver(poisonous.envelope("bad", 1), poison, poisonous.envelope("good", 1), poisonous.envelope("bad", 3))
    poisonous.deliver(poisonous.envelope("other", 1, SHUANGGUILU), key=SHUANGGUILU.encode())

    with running(poisonous.consumer()):
        until(lambda: len(poisonous.effects()) == 3, "the neighbours are applied")
        until(lambda: len(poisonous.parked()) == 2, "two events are parked")
        poisonous.deliver(poisonous.envelope("bad", 4), poisonous.envelope("good", 2))  # a later batch
        until(lambda: ("good", 2) in poisonous.effects(), "the neighbour goes on")

    assert sorted(poisonous.effects()) == [("bad", 1), ("good", 1), ("good", 2), ("other", 1)]
    assert [(thing, follows) for thing, follows, _ in poisonous.parked()] == [
        ("bad", False), ("bad", True), ("bad", True)
    ]  # fmt: skip
    assert poisonous.parked()[0][2] == "ValueError: cannot be applied"


def test_the_dead_letter_topic_holds_the_original_bytes_and_the_reason(poisonous):
    poison = poisonous.envelope("bad", 1, poison=True)
    poisonous.deliver(poison)

    consume(poisonous, poisonous.parked, "the event is parked")

    [record] = poisonous.broker.read(dead_letter_topic(poisonous.service))
    headers = dict(record.headers)
    assert (record.key, record.value) == (WUFUQIAO.encode(), poison)
    assert headers["linli-reason"] == b"ValueError: cannot be applied"
    assert headers["linli-topic"] == poisonous.topic.encode()
    assert headers["linli-group"] == poisonous.topic.encode()


def test_a_replay_after_the_repair_puts_everything_right_in_order(poisonous):
    poisonous.deliver(
        poisonous.envelope("bad", 1, poison=True), poisonous.envelope("bad", 2), poisonous.envelope("good", 1)
    )
    consumer = consume(poisonous, lambda: len(poisonous.parked()) == 2 and poisonous.effects(), "two are parked")

    poisonous.repair()
    result = dead_letters.replay(consumer)

    assert (result.applied, result.still_parked) == (2, {})
    assert poisonous.effects() == [("good", 1), ("bad", 1), ("bad", 2)]
    assert poisonous.parked() == []

    poisonous.deliver(poisonous.envelope("bad", 3))
    consume(poisonous, lambda: ("bad", 3) in poisonous.effects(), "the aggregate goes on as before")


def test_a_replay_before_the_repair_changes_nothing_but_the_count(poisonous, capsys):
    poisonous.deliver(
        poisonous.envelope("bad", 1, poison=True),
        poisonous.envelope("bad", 2),
        poisonous.envelope("worse", 1, poison=True),
    )
    consumer = consume(poisonous, lambda: len(poisonous.parked()) == 3, "three are parked")

    code = dead_letters.command([], consumer)

    assert code == 1
    assert "aggregates still parked 2" in capsys.readouterr().out
    assert poisonous.effects() == []
    assert poisonous.query("SELECT subject, attempts FROM parked ORDER BY id") == [
        ("thing/bad", 2), ("thing/bad", 1), ("thing/worse", 2)
    ]  # fmt: skip


def test_a_replay_of_a_single_division_leaves_the_others(poisonous):
    poisonous.deliver(poisonous.envelope("bad", 1, poison=True))
    poisonous.deliver(poisonous.envelope("bad", 1, SHUANGGUILU, poison=True), key=SHUANGGUILU.encode())
    consumer = consume(poisonous, lambda: len(poisonous.parked()) == 2, "both are parked")
    poisonous.repair()

    assert dead_letters.command(["--division", SHUANGGUILU], consumer) == 0

    assert poisonous.query("SELECT division_code FROM parked") == [(WUFUQIAO,)]
    assert poisonous.query("SELECT division_code FROM effects") == [(SHUANGGUILU,)]


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"\xff\xfe", b"null", b"[]", b"{}", b"{" * 100_000, b'{"specversion": "1.0"}',
        b'{"subject": "thing/\\u0000"}', b'{"subject": "thing/\\ud800"}', b'{"subject": 7}',
    ],
    ids=lambda payload: repr(payload[:30]),
)  # fmt: skip
def test_bytes_that_are_no_event_are_parked_as_they_are(backbone, payload):
    backbone.deliver(payload, backbone.envelope("t1", 1))

    consume(backbone, lambda: backbone.effects() == [("t1", 1)] and backbone.parked(), "the event behind it acts")

    assert backbone.query("SELECT payload FROM parked") == [(payload,)]


def test_an_event_under_another_divisions_key_is_parked(backbone):
    backbone.deliver(backbone.envelope("t1", 1, SHUANGGUILU), backbone.envelope("t2", 1))

    consume(backbone, lambda: backbone.effects() == [("t2", 1)] and backbone.parked(), "the event behind it acts")

    assert "key is not the event's division" in backbone.parked()[0][2]


def test_an_event_whose_data_the_consumer_cannot_read_is_parked(backbone):
    backbone.parse = lambda data: data["amount_fen"] + 1
    backbone.deliver(backbone.envelope("t1", 1), backbone.envelope("t2", 1, amount_fen=1))

    consume(backbone, lambda: backbone.effects() == [("t2", 1)] and backbone.parked(), "the event behind it acts")

    assert backbone.parked()[0][2] == "KeyError: 'amount_fen'"


def test_an_event_that_breaks_its_schema_is_parked_and_one_that_says_more_is_applied(backbone, tmp_path):
    folder = tmp_path / "events" / backbone.service
    folder.mkdir(parents=True)
    schema = {"type": "object", "required": ["on"], "properties": {"on": {"type": "string", "format": "date"}},
              "additionalProperties": False}  # fmt: skip
    (folder / "thing.happened.v1.schema.json").write_text(json.dumps(schema))
    backbone.deliver(
        backbone.envelope("t1", 1, on="yesterday"), backbone.envelope("t2", 1, on="2026-11-23", later="addition")
    )

    with running(backbone.consumer(contracts=tmp_path)):
        until(lambda: backbone.effects() == [("t2", 1)] and backbone.parked(), "one is applied, one is parked")

    assert backbone.parked()[0][2].endswith("breaks its schema at $.on: format")
    assert "yesterday" not in backbone.parked()[0][2]


def test_a_reaction_that_swallows_a_database_error_is_parked_rather_than_lost(backbone):
    def swallow(deps, work, event):
        try:
            work.connection.connection.driver_connection.execute("SELECT 1 / 0")
        except psycopg.Error:
            record(deps, work, event) if event.sequence == 0 else None

    record, backbone.react = backbone.react, swallow
    backbone.deliver(backbone.envelope("t1", 1))

    consume(backbone, backbone.parked, "the event is parked")

    assert "without a savepoint" in backbone.parked()[0][2]
    assert backbone.query("SELECT FROM inbox") == []


def test_ten_poison_records_in_a_row_stop_the_consumer_until_somebody_looks(poisonous):
    poisonous.deliver(*(poisonous.envelope(f"bad{number}", 1, poison=True) for number in range(13)))

    with running(poisonous.consumer()) as consumer:
        until(lambda: "10 records in a row" in (consumer.problem or ""), "the brake stops it")
    assert len(poisonous.parked()) == 10

    poisonous.repair()
    consumer = consume(poisonous, lambda: len(poisonous.effects()) == 3, "a restarted consumer goes on")
    assert dead_letters.replay(consumer).applied == 10
    assert len(poisonous.effects()) == 13


def test_parking_the_same_record_again_keeps_one(poisonous):
    poisonous.deliver(poisonous.envelope("bad", 1, poison=True))
    consumer = consume(poisonous, poisonous.parked, "the event is parked")
    [record] = poisonous.broker.read(poisonous.topic)

    from chassis.inbox.consumer import _delivery

    consumer.applier.apply([_delivery(record)])

    assert len(poisonous.parked()) == 1


def test_malformed_events_name_no_values_of_the_record():
    from chassis.events import parse

    with pytest.raises(MalformedEvent, match="KeyError"):
        parse(b'{"specversion": "1.0", "name": "somebody"}')
