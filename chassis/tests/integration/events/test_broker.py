# SPDX-License-Identifier: Apache-2.0
"""The seam to Kafka closes the traps of its client."""

import time

import pytest
from chassis.broker import Broker, BrokerAway
from linli_local.kafka import free_port


def test_nobody_gets_a_client_before_the_port_is_open():
    broker = Broker(f"127.0.0.1:{free_port()}")

    began = time.monotonic()
    with pytest.raises(BrokerAway):
        broker.producer("test")
    with pytest.raises(BrokerAway):
        broker.consumer("test", "test", ["linli.test"], 10)

    assert time.monotonic() - began < 3


@pytest.mark.parametrize("poll_ms", [1, 5, 20, 50])
def test_a_consumer_gets_its_partitions_however_short_its_polls_are(kafka, poll_ms):
    topic = f"linli.{kafka.fresh_service()}"
    consumer = Broker(kafka.bootstrap).consumer("test", topic, [topic], 10)
    try:
        deadline = time.monotonic() + 30
        while len(consumer.assignment()) < 12 and time.monotonic() < deadline:
            consumer.poll(timeout_ms=poll_ms)

        assert len(consumer.assignment()) == 12
    finally:
        consumer.close(autocommit=False)
