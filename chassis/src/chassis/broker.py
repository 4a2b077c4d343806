# SPDX-License-Identifier: Apache-2.0
"""The seam to Kafka: every client of the platform is made here, with its traps closed.

A client is never created before a fork (its thread does not survive one) nor before the broker's port is open (it
would back off for seconds): the loops that own one ask ``is_open`` first.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kafka import KafkaConsumer, KafkaProducer


class BrokerAway(Exception):
    """No broker of the list accepts a connection right now."""


@dataclass(frozen=True)
class Broker:
    """Where Kafka listens: ``host:port[,host:port…]``."""

    bootstrap: str

    @property
    def servers(self) -> list[str]:
        """The list of addresses."""
        return [server.strip() for server in self.bootstrap.split(",") if server.strip()]

    def is_open(self, timeout: float = 1.0) -> bool:
        """Tell whether some broker of the list accepts a connection."""
        for server in self.servers:
            host, _, port = server.rpartition(":")
            try:
                socket.create_connection((host.strip("[]"), int(port)), timeout).close()
                return True
            except OSError:
                continue
        return False

    def producer(self, client_id: str) -> KafkaProducer:
        """Make a producer that keeps order and does not duplicate by itself: idempotent, all replicas, bounded wait.

        Raises BrokerAway. The delivery timeout is short because a caller holds a transaction open meanwhile.
        """
        from kafka import KafkaProducer

        return self._connect(
            KafkaProducer,
            bootstrap_servers=self.servers,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            max_in_flight_requests_per_connection=5,
            linger_ms=2,
            batch_size=128 * 1024,
            delivery_timeout_ms=10_000,
            request_timeout_ms=5_000,
            max_block_ms=5_000,
            bootstrap_timeout_ms=10_000,
            allow_auto_create_topics=False,
            reconnect_backoff_max_ms=1_000,
            metrics_enabled=False,
        )

    def consumer(self, client_id: str, group: str, topics: Iterable[str], max_records: int) -> KafkaConsumer:
        """Make a consumer of a group that starts at the beginning and commits only when told. Raises BrokerAway."""
        from kafka import KafkaConsumer

        consumer = self._connect(
            KafkaConsumer,
            *topics,
            bootstrap_servers=self.servers,
            client_id=client_id,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_records=max_records,
            session_timeout_ms=15_000,
            heartbeat_interval_ms=3_000,
            metadata_max_age_ms=10_000,
            bootstrap_timeout_ms=10_000,
            allow_auto_create_topics=False,
            reconnect_backoff_max_ms=1_000,
            metrics_enabled=False,
        )
        _finish_each_rejoin(consumer)
        return consumer

    def _connect(self, client: Callable[..., Any], *arguments: Any, **settings: Any) -> Any:
        from kafka.errors import KafkaError

        if not self.is_open():
            raise BrokerAway(f"no broker answers at {self.bootstrap}")
        try:
            return client(*arguments, **settings)
        except KafkaError as error:
            raise BrokerAway(f"the broker at {self.bootstrap} is not ready: {error}") from error


def _finish_each_rejoin(consumer: KafkaConsumer) -> None:
    """Keep a consumer from forgetting a rejoin that outlasts one poll.

    kafka-python 3.0.12 rejoins when the leader's view of the topics changes, but asks again in every poll whether a
    rejoin is needed; once the assignment is computed the answer is no, the pending answer of the broker is never
    read, heartbeats stay off and the member owns nothing for ever (seen under load with polls of 200 ms).
    """
    coordinator = consumer._coordinator
    asked = coordinator.need_rejoin
    coordinator.need_rejoin = lambda: coordinator.rejoining or asked()
