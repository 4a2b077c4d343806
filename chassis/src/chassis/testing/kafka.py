# SPDX-License-Identifier: Apache-2.0
"""A real Kafka broker for the test run, and fresh topics on it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linli_local import kafka, topics

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

PARTITIONS = 12


@dataclass(frozen=True)
class TestBroker:
    """The run's broker. Topics outlive a test, so a test that counts records uses a service name of its own."""

    __test__ = False  # not a test class, whatever its name says

    broker: kafka.Broker

    @property
    def bootstrap(self) -> str:
        """What clients are given (``LINLI_KAFKA_BOOTSTRAP``)."""
        return self.broker.bootstrap

    def create_topics(self, *services: str) -> None:
        """Make ``linli.<service>`` and ``linli.<service>.dead`` where they are missing."""
        topics.ensure(self.bootstrap, services, PARTITIONS)

    def fresh_service(self) -> str:
        """Name a service nobody has used, with its topics made: letters only, as event types demand."""
        name = "s" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(10))
        self.create_topics(name)
        return name

    def send(self, topic: str, records: Sequence[tuple[bytes | None, bytes]]) -> None:
        """Send (key, value) pairs in order and wait until the broker has them."""
        from chassis.broker import Broker

        producer = Broker(self.bootstrap).producer("tests")
        try:
            results = [producer.send(topic, key=key, value=value) for key, value in records]
            for result in results:
                result.get(timeout=60)
        finally:
            producer.close(timeout=5)

    def read(self, topic: str) -> list[ConsumerRecord]:
        """Return every record of the topic, partition by partition in their order."""
        from kafka import KafkaConsumer, TopicPartition

        consumer = KafkaConsumer(
            bootstrap_servers=self.bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
        )
        try:
            partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            consumer.assign(partitions)
            ends = consumer.end_offsets(partitions, timeout_ms=60_000)
            consumer.seek_to_beginning(*partitions)
            found: dict[Any, list[ConsumerRecord]] = {partition: [] for partition in partitions}
            while any(consumer.position(p, timeout_ms=60_000) < ends[p] for p in partitions):
                for partition, records in consumer.poll(timeout_ms=200).items():
                    found[partition].extend(records)
            return [record for partition in partitions for record in found[partition]]
        finally:
            consumer.close(autocommit=False)

    def stop(self) -> None:
        """Stop the broker."""
        self.broker.stop()


@contextmanager
def running_broker() -> Iterator[TestBroker]:
    """Start a private broker on random ports of loopback and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ll"))
    broker = None
    try:
        broker = TestBroker(kafka.start(folder / "kafka", folder / "kafka.log", heap_mb=192))
        yield broker
    finally:
        if broker is not None:
            with suppress(Exception):
                broker.broker.kill()  # nothing of it is kept, and closing hundreds of logs takes long
        shutil.rmtree(folder, ignore_errors=True)
