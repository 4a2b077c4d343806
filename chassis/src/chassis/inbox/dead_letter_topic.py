# SPDX-License-Identifier: Apache-2.0
"""The group's dead-letter topic: the original bytes of what was parked, with the reason, for whoever investigates."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chassis.broker import Broker, BrokerAway
from chassis.events import dead_letter_topic
from chassis.inbox.delivery import Delivery
from chassis.inbox.failures import Transient, describe

if TYPE_CHECKING:
    from kafka import KafkaProducer


class DeadLetterTopic:
    """Writes to ``linli.<service>.dead``. A replay reads the table ``parked``; the topic is the copy outside it."""

    def __init__(self, service: str, group: str, broker: Broker) -> None:
        self._topic = dead_letter_topic(service)
        self._group = group
        self._broker = broker
        self._producer: KafkaProducer | None = None

    def send(self, record: Delivery, reason: str) -> None:
        """Send the record's own key and bytes; returns when the broker has them. Raises Transient."""
        from kafka.errors import KafkaError

        headers = {
            "linli-group": self._group,
            "linli-topic": record.topic,
            "linli-partition": str(record.partition),
            "linli-offset": str(record.offset),
            "linli-reason": reason,
        }
        try:
            if self._producer is None:
                self._producer = self._broker.producer(f"{self._group}-dead")
            self._producer.send(
                self._topic,
                key=record.key,
                value=record.payload,
                headers=[(name, value.encode()) for name, value in headers.items()],
            ).get(timeout=12)
        except (KafkaError, BrokerAway) as error:
            self.close()
            raise Transient(describe(error)) from error

    def close(self) -> None:
        """Let go of the broker."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(Exception):  # each send was awaited: nothing is left in it
                producer.close(timeout=0)
