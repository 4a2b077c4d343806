# SPDX-License-Identifier: Apache-2.0
"""Putting an event into the outbox, inside the transaction that changes the aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from chassis.clock import Clock
from chassis.events import MAX_BYTES, Event, build, part_of, topic_of

if TYPE_CHECKING:
    from chassis.auth import Actor

# Straight on the driver: it is part of every write, and the statement never changes.
_INSERT = """
    INSERT INTO outbox (event_id, division_code, part, topic, type, aggregate_type, aggregate_id, sequence, payload)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


class Outbox:
    """The outbox of one unit of work.

    Lock the aggregate's row (``SELECT … FOR UPDATE``, or the ``UPDATE`` itself) before adding: only then is the order
    of ids the order of commits for that aggregate, and the relay sends by id. The unique constraint over the
    aggregate's sequence turns a mistake into an error as long as the earlier event is unsent.
    """

    def __init__(self, connection: sa.Connection, *, service: str, division: str, actor: Actor, clock: Clock) -> None:
        self._connection = connection
        self._service = service
        self._division = division
        self._actor = actor
        self._clock = clock

    def add(self, event: Event) -> UUID:
        """Store ``event`` with the change and return its id. Nothing is sent before the commit.

        Raises ValueError when the type is another service's or the event is too large for the broker.
        """
        from chassis.db import uuid7  # chassis.db builds outboxes, so it cannot be imported at the top

        if event.type.split(".")[1] != self._service:
            raise ValueError(f"{self._service} does not emit {event.type}")
        event_id, division = uuid7(), event.division or self._division
        payload = build(event, event_id=event_id, division=division, office=self._actor.office, time=self._clock.now())
        if len(payload) > MAX_BYTES:
            raise ValueError(f"{event.type} of {len(payload)} bytes is too large to send")
        driver = self._connection.connection.driver_connection
        driver.execute(
            _INSERT,
            (
                event_id,
                division,
                part_of(division),
                topic_of(event.type),
                event.type,
                event.aggregate_type,
                str(event.subject_id),
                event.sequence,
                payload,
            ),
        )
        return event_id
