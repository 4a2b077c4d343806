# SPDX-License-Identifier: Apache-2.0
"""The relay: sends what the outbox holds, in order, as often as it takes.

Measured design (several relays at once, killed at random: nothing lost, no inversion per aggregate): an advisory lock
per hash partition, held by the transaction; rows of the locked parts by id; rows leave the outbox only after the
broker's acknowledgement. A crash between the two sends them again, and the consumers' inboxes drop the second copy.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from prometheus_client import Counter, Gauge

from chassis.broker import Broker, BrokerAway
from chassis.events import CONTENT_TYPE

if TYPE_CHECKING:
    from kafka import KafkaProducer

log = logging.getLogger(__name__)
OLDEST = Gauge("linli_outbox_oldest_unsent_seconds", "Age of the oldest event not yet sent", ["service"])
SENT = Counter("linli_outbox_sent_total", "Events acknowledged by the broker", ["service"])
FAILED = Counter("linli_outbox_send_failures_total", "Rounds of the relay that failed", ["service"])

LOCK_SPACE = 0x4C4F  # "LO": keeps our advisory locks apart from others in the same database
BUSY_SECONDS, IDLE_SECONDS = 0.02, 0.1
REST_SECONDS = 1.0
FORGET_EVERY_SECONDS = 600
_SESSION = {"lock_timeout": "1s", "statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s"}
_HEADERS = [("content-type", CONTENT_TYPE.encode())]

# Two statements on purpose: the rows must be read by a snapshot taken after the locks, or rows that another relay
# has just sent would be seen and sent again.
_LOCK = """
    WITH head AS MATERIALIZED (SELECT part FROM outbox WHERE part <> ALL(%(resting)s) ORDER BY id LIMIT 1000),
         parts AS MATERIALIZED (SELECT DISTINCT part FROM head)
    SELECT part FROM parts WHERE pg_try_advisory_xact_lock(%(space)s, part)"""
_READ = """
    SELECT id, part, topic, division_code, payload FROM outbox WHERE part = ANY(%(parts)s)
    ORDER BY id LIMIT %(limit)s"""
_COLUMNS = "id, event_id, division_code, part, topic, type, aggregate_type, aggregate_id, sequence, payload, created_at"
_MOVE = f"""
    WITH sent AS (DELETE FROM outbox WHERE id = ANY(%(ids)s) RETURNING {_COLUMNS})
    INSERT INTO event_log ({_COLUMNS}) SELECT {_COLUMNS} FROM sent"""  # noqa: S608 - constant names only
_FORGET = """
    DELETE FROM event_log WHERE id IN (
        SELECT id FROM event_log WHERE sent_at < clock_timestamp() - make_interval(days => %(days)s)
        ORDER BY sent_at LIMIT 5000)"""
_AGE = "SELECT extract(epoch FROM clock_timestamp() - created_at) FROM outbox ORDER BY id LIMIT 1"


class Row(NamedTuple):
    """An unsent event."""

    id: int
    part: int
    topic: str
    division: str
    payload: bytes


class Relay:
    """Moves a service's events from its outbox to Kafka. Any number may run; each event has one sender at a time.

    The archive keeps what was sent for ``archive_days``, for replays and for looking back; then it forgets.
    """

    def __init__(
        self, service: str, relay_url: str, kafka_bootstrap: str, *, batch: int = 500, archive_days: int = 90
    ) -> None:
        self._service = service
        self._url = relay_url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._broker = Broker(kafka_bootstrap)
        self._batch = batch
        self._connection: psycopg.Connection | None = None
        self._producer: KafkaProducer | None = None
        self._resting: dict[int, float] = {}
        self._archive_days = archive_days
        self._age_due = 0.0
        self._forget_due = 0.0
        self.problem: str | None = "not started"

    def run(self, stop: threading.Event) -> None:
        """Relay until told to stop. Neither a database nor a broker that is away ends it."""
        pause = BUSY_SECONDS
        while not stop.is_set():
            try:
                sent = self.run_once()
                self.problem = None
            except (psycopg.Error, BrokerAway, OSError) as error:
                self._note_failure(error)
                sent, pause = 0, 0.5
            if sent < self._batch:
                stop.wait(pause)
            pause = BUSY_SECONDS if sent else min(pause * 2, IDLE_SECONDS)
        self.close()

    def run_once(self) -> int:
        """Send one batch and return how many events left the outbox.

        Raises psycopg.Error when the database is away and BrokerAway when the broker is; nothing is lost by either.
        """
        connection = self._connected()
        self._measure_age(connection)
        self._forget_old(connection)
        if self._producer is None:
            self._producer = self._broker.producer(f"linli-{self._service}-relay")
        with connection.transaction():
            rows = self._take(connection)
            if not rows:
                return 0
            sent = self._send(rows)
            connection.execute(_MOVE, {"ids": [row.id for row in sent]})
        SENT.labels(self._service).inc(len(sent))
        return len(sent)

    def close(self) -> None:
        """Let go of the broker and the database."""
        self._drop_producer()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take(self, connection: psycopg.Connection) -> list[Row]:
        now = time.monotonic()
        self._resting = {part: until for part, until in self._resting.items() if until > now}
        resting = {"resting": list(self._resting), "space": LOCK_SPACE}
        parts = [part for (part,) in connection.execute(_LOCK, resting)]
        if not parts:
            return []
        return [Row(*row) for row in connection.execute(_READ, {"parts": parts, "limit": self._batch})]

    def _send(self, rows: Sequence[Row]) -> list[Row]:
        """Send ``rows`` and return those that may leave the outbox: per key the longest clean prefix."""
        results = self._offer(rows)
        refused: dict[str, BaseException | str] = {}
        sent = []
        for row, result in zip(rows, results, strict=True):
            if row.division not in refused and result is not None and result.succeeded():
                sent.append(row)
            else:
                refused.setdefault(row.division, getattr(result, "exception", None) or "not acknowledged in time")
        if refused:
            self._rest([row.part for row in rows if row.division in refused], next(iter(refused.values())))
        return sent

    def _offer(self, rows: Sequence[Row]) -> list[Any]:
        from kafka.errors import KafkaError

        results: list[Any] = [None] * len(rows)
        try:
            for index, row in enumerate(rows):
                results[index] = self._producer.send(
                    row.topic, key=row.division.encode(), value=row.payload, headers=_HEADERS
                )
            self._producer.flush(timeout=12)
        except KafkaError as error:
            log.warning("relay of %s: %r", self._service, error)
        return results

    def _rest(self, parts: Iterable[int], reason: object) -> None:
        """Leave the parts alone for a moment, so that the others go on, and start with a clean producer.

        What is still in flight in the old producer could otherwise arrive after a later send of the same key.
        """
        until = time.monotonic() + REST_SECONDS
        self._resting.update((part, until) for part in parts)
        self._drop_producer()
        FAILED.labels(self._service).inc()
        self.problem = f"broker refused: {reason!r}"
        log.warning("relay of %s: the broker did not take everything: %r", self._service, reason)

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=3,
                options=options,
                application_name=f"{self._service} relay",
            )
        return self._connection

    def _measure_age(self, connection: psycopg.Connection) -> None:
        if time.monotonic() < self._age_due:
            return
        row = connection.execute(_AGE).fetchone()
        OLDEST.labels(self._service).set(float(row[0]) if row else 0)
        self._age_due = time.monotonic() + 1

    def _forget_old(self, connection: psycopg.Connection) -> None:
        """Shorten the archive in small steps, each a transaction of its own."""
        if time.monotonic() >= self._forget_due:
            forgotten = connection.execute(_FORGET, {"days": self._archive_days}).rowcount
            self._forget_due = time.monotonic() + (1 if forgotten else FORGET_EVERY_SECONDS)

    def _note_failure(self, error: Exception) -> None:
        FAILED.labels(self._service).inc()
        if self.problem is None or type(error).__name__ not in self.problem:
            log.warning("relay of %s waits: %r", self._service, error)
        self.problem = f"{type(error).__name__}: {error}".strip()
        if isinstance(error, psycopg.Error) and self._connection is not None:
            self._connection.close()
            self._connection = None

    def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(Exception):  # it is being thrown away; whatever it still had is sent again
                producer.close(timeout=0)
