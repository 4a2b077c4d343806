# SPDX-License-Identifier: Apache-2.0
"""One record as it came from Kafka, and what could be read of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.event_schemas import Schemas
from chassis.events import SUBJECT, MalformedEvent, Received, parse
from chassis.inbox.failures import describe
from chassis.inbox.subscription import Subscription


@dataclass(frozen=True)
class Delivery:
    """A record and either the event it carries or the reason why it carries none.

    ``subject`` and ``division`` are known even of many unreadable records, so that what follows them can wait.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    payload: bytes
    event: Received | None = None
    wanted: bool = True
    fault: str | None = None
    subject: str | None = None
    division: str = ""

    @property
    def digest(self) -> bytes:
        """Tells this record from another at the same place of a topic created anew."""
        return hashlib.sha256(self.payload).digest()

    @property
    def event_id(self) -> UUID | None:
        """The event's id, where it could be read."""
        return self.event.id if self.event else None


class Reader:
    """Reads records for one consumer: envelope, schema, and the subscription's own ``parse``."""

    def __init__(self, subscriptions: Mapping[str, Subscription], schemas: Schemas | None) -> None:
        self._subscriptions = subscriptions
        self._schemas = schemas

    def read(self, record: Delivery) -> Delivery:
        """Return the record with its event. Never raises: what is wrong with the record is its ``fault``."""
        try:
            event = parse(record.payload)
        except MalformedEvent as error:
            subject, division = _salvage(record)
            return replace(record, fault=describe(error), subject=subject, division=division)
        read = replace(record, event=event, subject=event.subject, division=event.division)
        subscription = self._subscriptions.get(event.type)
        if subscription is None:
            return replace(read, wanted=False)
        try:
            if record.key != event.division.encode():
                raise MalformedEvent("the record's key is not the event's division")
            if self._schemas is not None:
                self._schemas.require_readable(event.type, event.data)
            return replace(read, event=replace(event, data=subscription.parse(event.data)))
        except Exception as error:  # a reader may fail in any way; whatever it is, the record is at fault
            return replace(read, fault=describe(error))


def _salvage(record: Delivery) -> tuple[str | None, str]:
    """Find the aggregate and division of something that is not an event, as far as they can be told."""
    subject, division = None, (record.key or b"").decode("ascii", "replace")
    with suppress(ValueError, TypeError, AttributeError, RecursionError):
        found = json.loads(record.payload).get("subject")
        subject = found if isinstance(found, str) and SUBJECT.fullmatch(found) else None
    return subject, division if re.fullmatch(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?", division) else ""
