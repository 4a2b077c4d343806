# SPDX-License-Identifier: Apache-2.0
"""Turning records into effects: a batch per division in one transaction; where that fails, one record at a time.

Nothing here speaks to Kafka, except that what is parked is handed to ``send_dead`` before its offset may be committed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter
from psycopg.pq import TransactionStatus

from chassis.auth import Actor
from chassis.events import Received, Trace, tracing
from chassis.inbox.delivery import Delivery, Reader
from chassis.inbox.failures import Braked, Transient, describe, is_transient
from chassis.inbox.store import InboxStore
from chassis.inbox.subscription import Subscription

if TYPE_CHECKING:
    from chassis.db import Database, UnitOfWork

log = logging.getLogger(__name__)
EVENTS = Counter("linli_inbox_events_total", "Records by what became of them", ["consumer", "outcome"])
BRAKE_AFTER = 10
FOLLOWS = "an earlier event of the same aggregate is parked"


class Applier:
    """Applies records of one consumer. Not thread-safe: one thread polls, applies and commits."""

    def __init__(
        self,
        database: Database,
        deps: Any,
        subscriptions: Mapping[str, Subscription],
        store: InboxStore,
        reader: Reader,
        send_dead: Callable[[Delivery, str], None],
    ) -> None:
        self._database = database
        self._deps = deps
        self._subscriptions = subscriptions
        self._store = store
        self._reader = reader
        self._send_dead = send_dead
        self._poison_in_a_row = 0

    def apply(self, records: Iterable[Delivery]) -> None:
        """Apply records of one partition in their order; on return each took effect, was ignored or is parked.

        Raises Transient: nothing is wrong with the records, repeat all of them later. What already took effect will
        be recognised. Raises Braked after ten poison records in a row.
        """
        by_division: dict[str, list[Delivery]] = {}
        for record in map(self._reader.read, records):
            if record.wanted:
                by_division.setdefault(record.division, []).append(record)
            else:
                self._count("ignored")
        for division, deliveries in by_division.items():
            if not self._apply_together(division, deliveries):
                for record in deliveries:
                    self._apply_alone(record)

    def _apply_together(self, division: str, deliveries: list[Delivery]) -> bool:
        """Apply everything in one transaction; False, with nothing changed, where each record needs its own."""
        if any(record.fault for record in deliveries):
            return False
        try:
            with self._unit_of_work(division) as work:
                if self._store.any_waiting(work, division, (record.subject for record in deliveries)):
                    return False
                fresh = self._store.take(work, (record.event.id for record in deliveries))
                applied = 0
                for record in deliveries:
                    if record.event.id in fresh:
                        fresh.discard(record.event.id)  # the batch itself may hold a record twice
                        self._react(work, record.event)
                        applied += 1
                _commit(work)
        except Exception as error:
            if is_transient(error):
                raise Transient(describe(error)) from error
            log.info("a batch of %d fell back to single records: %s", len(deliveries), describe(error))
            return False
        self._poison_in_a_row = 0
        self._count("applied", applied)
        self._count("repeated", len(deliveries) - applied)
        return True

    def _apply_alone(self, record: Delivery) -> None:
        reason = record.fault
        try:
            if reason is None:
                outcome = self._apply_or_follow(record)
                if outcome == "followed":
                    self._send_dead(record, FOLLOWS)
                elif outcome == "applied":
                    self._poison_in_a_row = 0
                self._count(outcome)
                return
        except Exception as error:
            if is_transient(error):
                raise Transient(describe(error)) from error
            reason = describe(error)
        self._park(record, reason)

    def _apply_or_follow(self, record: Delivery) -> str:
        """Apply one readable record, or park it behind what is already parked of its aggregate."""
        with self._unit_of_work(record.division) as work:
            self._store.lock(work, record.division, record.subject)
            if self._store.is_taken(work, record.event.id):
                return "repeated"
            waiting = self._store.any_waiting(work, record.division, [record.subject])
            if waiting:
                self._store.park(work, record, FOLLOWS, follows=True)
            else:
                self._store.take(work, [record.event.id])
                self._react(work, record.event)
            _commit(work)
            return "followed" if waiting else "applied"

    def _park(self, record: Delivery, reason: str) -> None:
        try:
            with self._unit_of_work(record.division) as work:
                self._store.lock(work, record.division, record.subject)
                self._store.park(work, record, reason, follows=False)
                work.commit()
        except Exception as error:
            # Whatever keeps us from parking is not the record's fault: without its place it must not be passed over.
            raise Transient(describe(error)) from error
        self._send_dead(record, reason)
        self._count("parked")
        log.error(
            "parked %s %s at %s[%d]@%d: %s",
            record.event and record.event.type,
            record.event_id,
            record.topic,
            record.partition,
            record.offset,
            reason,
        )
        self._poison_in_a_row += 1
        if self._poison_in_a_row >= BRAKE_AFTER:
            raise Braked(f"{self._poison_in_a_row} records in a row could not be applied; the last: {reason}")

    def react_alone(self, work: UnitOfWork, record: Delivery) -> bool:
        """Apply one parked record inside ``work`` (a replay); False where it took effect before or nobody wants it."""
        read = self._reader.read(record)
        if read.fault:
            raise ValueError(read.fault)
        if not read.wanted or not self._store.take(work, [read.event.id]):
            return False
        self._react(work, read.event)
        return True

    def _react(self, work: UnitOfWork, event: Received) -> None:
        with tracing(Trace(event.correlation_id, str(event.id))):
            self._subscriptions[event.type].react(self._deps, work, event)

    def _unit_of_work(self, division: str) -> Any:
        return self._database.unit_of_work(Actor.system(division, self._store.consumer))

    def _count(self, outcome: str, number: int = 1) -> None:
        EVENTS.labels(self._store.consumer, outcome).inc(number)


def _commit(work: UnitOfWork) -> None:
    """Commit, unless a reaction swallowed a database error.

    PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK: the event would be lost.
    """
    if work.connection.connection.driver_connection.info.transaction_status is not TransactionStatus.INTRANS:
        raise RuntimeError("a reaction caught a database error without a savepoint; nothing of it was kept")
    work.commit()
