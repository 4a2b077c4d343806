# SPDX-License-Identifier: Apache-2.0
"""The statements of the inbox and of the parking place. Each runs in the transaction of the unit of work given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg

from chassis.inbox.delivery import Delivery

if TYPE_CHECKING:
    from chassis.db import UnitOfWork

_TAKE = """
    INSERT INTO inbox (consumer, event_id) SELECT %s, unnest(%s::uuid[])
    ON CONFLICT DO NOTHING RETURNING event_id"""
_TAKEN = "SELECT EXISTS (SELECT FROM inbox WHERE consumer = %s AND event_id = %s)"
_WAITING = """
    SELECT EXISTS (SELECT FROM parked WHERE consumer = %s AND division_code = %s AND subject = ANY(%s))"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))"
_PARK = """
    INSERT INTO parked (consumer, topic, partition, position, digest, division_code, subject, event_id, type,
                        follows, reason, record_key, payload)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_PARKED = """
    SELECT id, topic, partition, position, record_key, payload FROM parked
    WHERE consumer = %s AND division_code = %s AND subject IS NOT DISTINCT FROM %s AND id > %s ORDER BY id LIMIT 1"""
_GROUPS = """
    SELECT division_code, subject, count(*) FROM parked WHERE consumer = %s AND (%s = '' OR division_code = %s)
    GROUP BY division_code, subject ORDER BY min(id)"""
_RELEASE = "DELETE FROM parked WHERE id = %s"
_STILL = "UPDATE parked SET attempts = attempts + 1, reason = %s WHERE id = %s"


@dataclass(frozen=True)
class Parked:
    """A record that waits for its replay."""

    id: int
    delivery: Delivery


class InboxStore:
    """What one consumer remembers."""

    def __init__(self, consumer: str) -> None:
        self.consumer = consumer

    def take(self, work: UnitOfWork, event_ids: Iterable[UUID]) -> set[UUID]:
        """Record the ids as done and return those that were not: they may take effect in this transaction."""
        rows = _driver(work).execute(_TAKE, (self.consumer, sorted(set(event_ids))))
        return {event_id for (event_id,) in rows}

    def is_taken(self, work: UnitOfWork, event_id: UUID) -> bool:
        """Tell whether the event has taken effect before."""
        return _driver(work).execute(_TAKEN, (self.consumer, event_id)).fetchone()[0]

    def lock(self, work: UnitOfWork, division: str, subject: str | None) -> None:
        """Keep a replay and the consumer from working on one aggregate at once; held until the transaction ends."""
        _driver(work).execute(_LOCK, (self.consumer, f"{division} {subject}"))

    def any_waiting(self, work: UnitOfWork, division: str, subjects: Iterable[str | None]) -> bool:
        """Tell whether an earlier event of one of the aggregates is parked."""
        known = sorted({subject for subject in subjects if subject})
        return _driver(work).execute(_WAITING, (self.consumer, division, known)).fetchone()[0]

    def park(self, work: UnitOfWork, record: Delivery, reason: str, follows: bool) -> None:
        """Put the record aside; parking the same record twice keeps the first."""
        _driver(work).execute(
            _PARK,
            (
                self.consumer,
                record.topic,
                record.partition,
                record.offset,
                record.digest,
                record.division,
                record.subject,
                record.event_id,
                record.event.type if record.event else None,
                follows,
                reason,
                record.key,
                record.payload,
            ),
        )

    def groups(self, work: UnitOfWork, division: str = "") -> list[tuple[str, str | None, int]]:
        """List the aggregates with parked events as (division, subject, how many), the longest parked first."""
        return _driver(work).execute(_GROUPS, (self.consumer, division, division)).fetchall()

    def next_parked(self, work: UnitOfWork, division: str, subject: str | None, after: int = 0) -> Parked | None:
        """Return the aggregate's first parked record behind ``after``."""
        row = _driver(work).execute(_PARKED, (self.consumer, division, subject, after)).fetchone()
        return Parked(row[0], Delivery(*row[1:])) if row else None

    def release(self, work: UnitOfWork, parked: Parked) -> None:
        """Forget a parked record: it has taken effect."""
        _driver(work).execute(_RELEASE, (parked.id,))

    def note_attempt(self, work: UnitOfWork, parked: Parked, reason: str) -> None:
        """Count an attempt that failed and keep the newest reason."""
        _driver(work).execute(_STILL, (reason, parked.id))


def _driver(work: UnitOfWork) -> psycopg.Connection:
    """Straight on psycopg: these run for every batch, and arrays and tuples need no translation."""
    return work.connection.connection.driver_connection
