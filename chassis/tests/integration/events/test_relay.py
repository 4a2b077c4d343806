# SPDX-License-Identifier: Apache-2.0
"""Stored means delivered: whatever happens to the relay, nothing is lost and no aggregate's order is turned round."""

import signal
import subprocess
import sys
import threading
from collections import defaultdict

import pytest
from chassis.broker import Broker, BrokerAway
from chassis.testing.loops import running, until
from kafka.errors import KafkaTimeoutError
from kafka.future import Future
from linli_local import kafka as local_kafka
from linli_local import topics

DIVISIONS = ["510104030006", "510104030009", "510104020001", "510104017003"]

# Dies as a process does that loses its machine, at a moment chosen by the test.
DYING_RELAY = """
import os, signal, sys, threading
from chassis.outbox.relay import Relay

moment, service, url, bootstrap = sys.argv[1:]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)

class Dying(Relay):
    def _send(self, rows):
        if moment == "before anything is sent":
            die()
        if moment == "in the middle of a batch":
            super()._send(rows[: len(rows) // 2])
            die()
        super()._send(rows)
        die()

Dying(service, url, bootstrap, batch=20).run(threading.Event())
"""


def first_arrivals(events):
    """The sequences of each aggregate in the order in which they arrived first."""
    seen, order = set(), defaultdict(list)
    for event in events:
        if event.id not in seen:
            seen.add(event.id)
            order[event.division, event.subject].append(event.sequence)
    return order


@pytest.mark.parametrize(
    "moment", ["before anything is sent", "in the middle of a batch", "between the acknowledgement and the commit"]
)
def test_a_relay_killed_in_mid_batch_loses_nothing_and_keeps_order(backbone, moment):
    for division in DIVISIONS[:2]:
        for _ in range(8):
            for thing in ("a", "b"):
                backbone.change(thing, division)

    killed = subprocess.run(
        [sys.executable, "-c", DYING_RELAY, moment, backbone.service, backbone.made.url("relay"), backbone.bootstrap],
        timeout=170,
    )
    backbone.change("a", DIVISIONS[0])
    backbone.drain()

    assert killed.returncode == -signal.SIGKILL
    order = first_arrivals(backbone.sent())
    assert order.pop((DIVISIONS[0], "thing/a")) == list(range(1, 10))
    assert list(order.values()) == [list(range(1, 9))] * 3


def test_relays_killed_at_random_moments_lose_nothing(backbone):
    written = threading.Event()

    def write():
        for number in range(240):
            backbone.change(f"t{number % 6}", DIVISIONS[number % 4])
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    code = (
        "import sys, threading; from chassis.outbox.relay import Relay;"
        "print('up', flush=True); Relay(*sys.argv[1:], batch=7).run(threading.Event())"
    )
    arguments = [backbone.service, backbone.made.url("relay"), backbone.bootstrap]
    for delay in (0.15, 0.4, 0.25):
        relay = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE)
        relay.stdout.readline()
        written.wait(delay)
        relay.kill()
        relay.wait()
        relay.stdout.close()
    writer.join()
    backbone.drain()

    order = first_arrivals(backbone.sent())
    assert sum(map(len, order.values())) == 240
    assert all(sequences == sorted(sequences) for sequences in order.values())


def test_two_relays_at_once_keep_order_and_send_each_event_once(backbone):
    def write(division):
        for number in range(60):
            backbone.change(f"t{number % 5}", division)

    writers = [threading.Thread(target=write, args=(division,)) for division in DIVISIONS for _ in range(2)]
    with running(backbone.relay(batch=10)), running(backbone.relay(batch=10)):
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        until(lambda: backbone.unsent() == 0, "both relays together empty the outbox")

    sent = backbone.sent()
    assert len(sent) == len({event.id for event in sent}) == 480
    assert list(first_arrivals(sent).values()) == [list(range(1, 25))] * 20


class Refusing:
    """A producer that refuses one of its sends on its own, and hands the others to the real one."""

    def __init__(self, real, refused):
        self._real, self._refused, self._sends = real, refused, 0

    def send(self, *arguments, **options):
        self._sends += 1
        if self._sends == self._refused:
            return Future().failure(KafkaTimeoutError())
        return self._real.send(*arguments, **options)

    def __getattr__(self, name):
        return getattr(self._real, name)


def test_what_follows_a_refused_event_of_the_same_key_waits_with_it(backbone):
    for _ in range(5):
        backbone.change("a", DIVISIONS[0])
    for _ in range(2):
        backbone.change("b", DIVISIONS[1])
    relay = backbone.relay()
    relay._producer = Refusing(Broker(backbone.bootstrap).producer("test"), refused=3)

    assert relay.run_once() == 4
    relay.close()

    assert backbone.query("SELECT aggregate_id, sequence FROM outbox ORDER BY id") == [("a", 3), ("a", 4), ("a", 5)]
    assert backbone.query("SELECT aggregate_id, sequence FROM event_log ORDER BY id") == [
        ("a", 1), ("a", 2), ("b", 1), ("b", 2)
    ]  # fmt: skip


def test_what_was_sent_is_kept_in_the_archive_unchanged(backbone):
    backbone.change("a")
    stored = backbone.query("SELECT id, event_id, topic, payload FROM outbox")

    backbone.drain()

    assert backbone.query("SELECT id, event_id, topic, payload FROM event_log") == stored
    assert [record.value for record in backbone.broker.read(backbone.topic)] == [stored[0][3]]


def test_the_archive_forgets_after_its_time(backbone):
    for _ in range(2):
        backbone.change("a")
    backbone.drain()
    with backbone.made.superuser() as connection:
        connection.execute("UPDATE event_log SET sent_at = sent_at - interval '91 days' WHERE sequence = 1")

    backbone.drain()

    assert backbone.query("SELECT sequence FROM event_log") == [(2,)]


def test_a_write_is_accepted_while_the_broker_is_away_and_delivered_when_it_is_back(backbone, tmp_path):
    port = local_kafka.free_port()
    backbone.bootstrap = f"127.0.0.1:{port}"
    relay = backbone.relay()
    with pytest.raises(BrokerAway):
        relay.run_once()

    with running(relay):
        backbone.change("a")
        until(lambda: relay.problem and "BrokerAway" in relay.problem, "the relay says that the broker is away")
        assert backbone.unsent() == 1

        for _ in range(2):  # away from the beginning, then away after it had been there
            broker = local_kafka.start(tmp_path / "kafka", tmp_path / "kafka.log", port, heap_mb=192)
            try:
                topics.ensure(broker.bootstrap, [backbone.service], 12)
                until(lambda: backbone.unsent() == 0 and relay.problem is None, "the relay delivers")
            finally:
                broker.stop()
            backbone.change("a")
        assert backbone.unsent() == 1


def test_a_relay_outlives_a_database_that_is_away(backbone):
    with running(backbone.relay()) as relay:
        with backbone.database_away():
            until(lambda: relay.problem and "Operational" in relay.problem, "the relay says the database is away")
        backbone.change("a")

        until(lambda: backbone.unsent() == 0 and relay.problem is None, "the relay delivers")
