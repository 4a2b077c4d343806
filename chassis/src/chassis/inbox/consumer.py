# SPDX-License-Identifier: Apache-2.0
"""The consumer's loop: poll, apply, and only then commit the offset."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prometheus_client import Gauge

from chassis.broker import Broker
from chassis.event_schemas import Schemas
from chassis.events import topic_of
from chassis.inbox.applying import Applier
from chassis.inbox.dead_letter_topic import DeadLetterTopic
from chassis.inbox.delivery import Delivery, Reader
from chassis.inbox.failures import Braked, Transient
from chassis.inbox.store import InboxStore
from chassis.inbox.subscription import Subscription

if TYPE_CHECKING:
    from kafka import KafkaConsumer, TopicPartition

    from chassis.db import Database

log = logging.getLogger(__name__)
LAG = Gauge("linli_consumer_lag_records", "Records of the assigned partitions not yet applied", ["consumer", "topic"])
BRAKE = Gauge("linli_consumer_braked", "1 while the consumer stands still after too much poison", ["consumer"])
POLL_MS = 200
BACK_OFF_SECONDS = (0.2, 5.0)
LOOK_EVERY_SECONDS = 10


class Consumer:
    """Applies the events a service subscribed to, each once, in order per aggregate.

    Any number of processes may run one group; Kafka divides the partitions among them. ``deps`` is handed to every
    reaction. ``contracts`` is the folder of the contracts; with it, what breaks its schema is parked before it is read.
    """

    def __init__(
        self,
        service: str,
        database: Database,
        subscriptions: Mapping[str, Subscription],
        kafka_bootstrap: str,
        *,
        deps: Any = None,
        group: str | None = None,
        contracts: Path | None = None,
        batch: int = 500,
    ) -> None:
        self.service = service
        self.group = group or f"linli.{service}"
        self.database = database
        self.store = InboxStore(self.group)
        self._broker = Broker(kafka_bootstrap)
        self._topics = sorted({topic_of(event_type) for event_type in subscriptions})
        self._batch = batch
        self._dead_letters = DeadLetterTopic(service, self.group, self._broker)
        schemas = Schemas(contracts, subscriptions) if contracts else None
        self.applier = Applier(
            database, deps, subscriptions, self.store, Reader(subscriptions, schemas), self._dead_letters.send
        )
        self._paused: dict[TopicPartition, float] = {}
        self._back_off: dict[TopicPartition, float] = {}
        self._lag_due = self._look_due = 0.0
        self._is_broker_away = False
        self.problem: str | None = "not started"

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop. Neither a broker nor a database that is away ends it, and neither skips."""
        if not self._topics:
            self.problem = None
        while not stop.is_set() and self._topics:
            if not self._broker.is_open():
                self.problem = "no broker answers"
                stop.wait(0.5)
                continue
            try:
                self._consume(stop)
            except Braked as error:
                self._stand_still(stop, error)
            except Exception as error:  # of the client: begin again from the committed offsets
                self.problem = f"{type(error).__name__}: {error}"
                log.warning("consumer %s starts again: %r", self.group, error)
                stop.wait(1)
        self._dead_letters.close()

    def _consume(self, stop: threading.Event) -> None:
        consumer = self._broker.consumer(self.group, self.group, self._topics, self._batch)
        self._paused.clear()
        self._back_off.clear()
        try:
            while not stop.is_set():
                self._resume_due(consumer)
                self._one_round(consumer)
                self._tell_problem(consumer)
                self._measure(consumer)
        finally:
            consumer.close(autocommit=False, timeout_ms=5_000)

    def _one_round(self, consumer: KafkaConsumer) -> None:
        from kafka.structs import OffsetAndMetadata

        for partition, records in consumer.poll(timeout_ms=POLL_MS).items():
            try:
                self.applier.apply([_delivery(record) for record in records])
            except Transient as error:
                self._wait(consumer, partition, records[0].offset, error)
            else:
                self._back_off.pop(partition, None)
                last = records[-1]
                consumer.commit(
                    {partition: OffsetAndMetadata(last.offset + 1, "", last.leader_epoch)}, timeout_ms=10_000
                )

    def _wait(self, consumer: KafkaConsumer, partition: TopicPartition, offset: int, error: Transient) -> None:
        """Go back to where the batch began and rest: nothing is skipped, other partitions go on."""
        least, most = BACK_OFF_SECONDS
        pause = min(self._back_off.get(partition, least / 2) * 2, most)
        self._back_off[partition] = pause
        self._paused[partition] = time.monotonic() + pause
        consumer.seek(partition, offset)
        consumer.pause(partition)
        self.problem = str(error)
        log.warning("consumer %s waits %.1f s at %s: %s", self.group, pause, partition, error)

    def _resume_due(self, consumer: KafkaConsumer) -> None:
        now, assigned = time.monotonic(), consumer.assignment()
        for partition in set(self._back_off) - assigned:  # another member's by now
            del self._back_off[partition]
            self._paused.pop(partition, None)
        for partition in [partition for partition, due in self._paused.items() if due <= now]:
            del self._paused[partition]
            consumer.resume(partition)

    def _tell_problem(self, consumer: KafkaConsumer) -> None:
        """Keep ``problem`` true: the client itself says nothing when its broker goes away."""
        if time.monotonic() >= self._look_due:
            self._look_due = time.monotonic() + LOOK_EVERY_SECONDS
            self._is_broker_away = not self._broker.is_open()
        if self._is_broker_away:
            self.problem = "no broker answers"
        elif not consumer.assignment():
            self.problem = "no partition assigned yet"
        elif not self._back_off:
            self.problem = None

    def _measure(self, consumer: KafkaConsumer) -> None:
        from kafka.errors import KafkaError

        if time.monotonic() < self._lag_due:
            return
        self._lag_due = time.monotonic() + 2
        behind = dict.fromkeys(self._topics, 0)
        for partition in consumer.assignment():
            end = consumer.highwater(partition)
            with suppress(KafkaError):  # a position not known yet is measured the next time
                position = None if end is None else consumer.position(partition, timeout_ms=200)
                behind[partition.topic] += 0 if position is None else max(0, end - position)
        for topic, records in behind.items():
            LAG.labels(self.group, topic).set(records)

    def _stand_still(self, stop: threading.Event, error: Braked) -> None:
        self.problem = f"stopped: {error}"
        BRAKE.labels(self.group).set(1)
        log.critical("consumer %s stands still until restarted: %s", self.group, error)
        stop.wait()


def _delivery(record: Any) -> Delivery:
    return Delivery(record.topic, record.partition, record.offset, record.key, record.value or b"")
