# SPDX-License-Identifier: Apache-2.0
"""Delivered means done once: repeated, interrupted and delayed deliveries."""

import threading

import psycopg
import pytest
from chassis.errors import Unavailable
from chassis.inbox.failures import Transient
from chassis.testing.loops import running, until

WUFUQIAO, SHUANGGUILU = "510104030006", "510104030009"


class Killed(BaseException):
    """Stands for a process that ends at this point: nothing in the consumer may handle it."""


def test_a_record_delivered_three_times_acts_once(backbone):
    repeated, last = backbone.envelope("t1", 1), backbone.envelope("t1", 2)

    backbone.deliver(repeated, repeated)  # twice in one batch
    with running(backbone.consumer()):
        until(lambda: backbone.effects() == [("t1", 1)], "the first delivery acts")
        backbone.deliver(repeated, last)  # and once more in a later one
        until(lambda: ("t1", 2) in backbone.effects(), "the event behind it acts")

    assert backbone.effects() == [("t1", 1), ("t1", 2)]


def test_what_a_consumer_did_not_finish_is_delivered_again_after_its_end(backbone):
    def die(deps, work, event):
        raise Killed

    record, backbone.react = backbone.react, die
    backbone.deliver(backbone.envelope("t1", 1))
    with pytest.raises(Killed):
        backbone.consumer().run(threading.Event())

    backbone.react = record
    with running(backbone.consumer()):
        until(lambda: backbone.effects() == [("t1", 1)], "the next consumer applies it")


def test_what_was_stored_but_not_acknowledged_is_not_done_again(backbone, monkeypatch):
    backbone.deliver(backbone.envelope("t1", 1))
    first = backbone.consumer()
    apply = first.applier.apply

    def apply_and_die(records):
        apply(records)
        raise Killed

    monkeypatch.setattr(first.applier, "apply", apply_and_die)
    with pytest.raises(Killed):
        first.run(threading.Event())
    assert backbone.effects() == [("t1", 1)]

    backbone.deliver(backbone.envelope("t2", 1))
    with running(backbone.consumer()):
        until(lambda: ("t2", 1) in backbone.effects(), "the event behind it acts")

    assert backbone.effects() == [("t1", 1), ("t2", 1)]


def test_two_consumers_of_a_group_apply_each_event_once_and_in_order(backbone):
    divisions = [f"51010403{number:04d}" for number in range(24)]
    records = [(code.encode(), backbone.envelope(code, number, code)) for number in range(1, 6) for code in divisions]
    backbone.broker.send(backbone.topic, records)

    with running(backbone.consumer(batch=10)), running(backbone.consumer(batch=10)):
        until(lambda: len(backbone.effects()) >= 120, "everything is applied")

    effects = backbone.effects()
    assert len(effects) == 120
    assert all([s for d, s in effects if d == division] == [1, 2, 3, 4, 5] for division in divisions)


def test_a_database_that_is_away_for_a_while_loses_and_parks_nothing(backbone):
    consumer = backbone.consumer()
    with running(consumer):
        backbone.deliver(backbone.envelope("t1", 1))
        until(lambda: backbone.effects(), "the first event acts")

        with backbone.database_away():
            backbone.deliver(*(backbone.envelope("t1", sequence) for sequence in range(2, 8)))
            until(lambda: consumer.problem and "Unavailable" in consumer.problem, "the consumer says that it waits")
        backbone.deliver(backbone.envelope("t1", 8))
        until(lambda: len(backbone.effects()) == 8, "everything is applied")

    assert backbone.effects() == [("t1", sequence) for sequence in range(1, 9)]
    assert backbone.parked() == []


@pytest.mark.parametrize("failure", [psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, Unavailable])
def test_a_failure_that_passes_is_waited_out(backbone, failure):
    attempts = []

    def fail_twice(deps, work, event):
        attempts.append(event)
        if len(attempts) < 3:
            raise failure("not now")
        record(deps, work, event)

    record, backbone.react = backbone.react, fail_twice
    backbone.deliver(backbone.envelope("t1", 1))
    with running(backbone.consumer()):
        until(lambda: backbone.effects() == [("t1", 1)], "the third attempt acts")

    assert backbone.parked() == []


def test_a_partition_that_waits_does_not_hold_up_the_others(backbone):
    def react(deps, work, event):
        if event.division == WUFUQIAO:
            raise Transient("not now")
        record(deps, work, event)

    record, backbone.react = backbone.react, react
    backbone.deliver(backbone.envelope("t1", 1))
    with running(backbone.consumer()) as consumer:
        until(lambda: consumer.problem == "Transient: not now", "the first partition waits")
        backbone.deliver(backbone.envelope("t2", 1, SHUANGGUILU), key=SHUANGGUILU.encode())
        until(lambda: backbone.effects() == [("t2", 1)], "the other partition goes on")


def test_types_nobody_subscribed_to_are_passed_over(backbone):
    unknown = backbone.envelope("t1", 1, event_type=f"linli.{backbone.service}.thing.renamed.v7")

    backbone.deliver(unknown, backbone.envelope("t1", 2))
    with running(backbone.consumer()):
        until(lambda: backbone.effects() == [("t1", 2)], "the event behind it acts")

    assert backbone.parked() == []
    assert len(backbone.query("SELECT FROM inbox")) == 1


def test_an_effect_and_the_events_it_causes_are_stored_together(backbone):
    def emit_and_fail(deps, work, event):
        work.outbox.add(backbone.event("caused", 1))
        raise ValueError("after emitting")

    backbone.react = emit_and_fail
    backbone.deliver(backbone.envelope("t1", 1))
    with running(backbone.consumer()):
        until(lambda: backbone.parked(), "the event is parked")

    assert backbone.unsent() == 0
