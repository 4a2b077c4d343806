# SPDX-License-Identifier: Apache-2.0
"""The seam to Kafka closes the traps of its client."""

import time

import kafka
import pytest
from chassis.broker import Broker, BrokerAway
from linli_local.kafka import free_port


def test_nobody_gets_a_client_before_the_port_is_open(monkeypatch):
    broker = Broker(f"127.0.0.1:{free_port()}")

    for client in ("KafkaProducer", "KafkaConsumer"):
        monkeypatch.setattr(kafka, client, lambda *_, **__: pytest.fail("a client was made; it would back off for 8 s"))
    with pytest.raises(BrokerAway):
        broker.producer("test")
    with pytest.raises(BrokerAway):
        broker.consumer("test", "test", ["linli.test"], 10)


def test_a_consumer_finishes_a_rejoin_however_short_its_polls_are(kafka):
    topic = f"linli.{kafka.fresh_service()}"
    consumer = Broker(kafka.bootstrap).consumer("test", topic, [topic], 10)
    coordinator = consumer._coordinator  # its view of the topics, which no public call can change
    try:
        poll_until(consumer, lambda: len(consumer.assignment()) == 12)

        coordinator._metadata_snapshot = {topic: {0}}
        poll_until(consumer, lambda: coordinator.rejoining)
        poll_until(consumer, lambda: not coordinator.rejoining)

        assert len(consumer.assignment()) == 12
    finally:
        consumer.close(autocommit=False)


def poll_until(consumer, condition):
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        consumer.poll(timeout_ms=1)
