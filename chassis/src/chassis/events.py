# SPDX-License-Identifier: Apache-2.0
"""Events: what happened, as CloudEvents 1.0 in structured JSON, the only form in which they leave a service."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.logging import request_id

CONTENT_TYPE = "application/cloudevents+json"
MAX_BYTES = 900_000  # below the broker's 1 MiB with room for keys, headers and framing
PARTS = 64  # of the relay's locks, for ever: the part is stored with each row
_TYPE = re.compile(r"linli\.([a-z]+)\.([a-z_]+)\.([a-z_]+)\.(v[1-9][0-9]*)")

SUBJECT = re.compile(r"[a-z_]{1,60}/[!-~]{1,200}")  # printable ASCII: it is stored, hashed and shown as it is


class MalformedEvent(ValueError):
    """The bytes are not an event of this platform; no repetition will make them one."""


@dataclass(frozen=True)
class Trace:
    """Where the present act comes from: the request or event that began it all, and the event just before."""

    correlation_id: str | None = None
    causation_id: str | None = None


_trace: ContextVar[Trace] = ContextVar("trace", default=Trace())  # noqa: B039 - frozen, so a shared default is safe


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Give every event emitted inside the block this origin."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)


@dataclass(frozen=True)
class Event:
    """Something that happened to one aggregate, to be emitted through ``work.outbox.add``.

    ``type`` is ``linli.<service>.<aggregate>.<happened>.v<n>``; ``subject_id`` is the aggregate's id; ``sequence`` is
    the aggregate's version after the change, so no two events of one aggregate share it. ``data`` holds ids, codes,
    amounts and instants, never a name or number of a person. Without ``division`` the unit of work's own is taken.
    """

    type: str
    subject_id: str | UUID
    sequence: int
    data: Mapping[str, Any]
    division: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None

    def __post_init__(self) -> None:
        if not _TYPE.fullmatch(self.type):
            raise ValueError(f"{self.type!r} does not read linli.<service>.<aggregate>.<happened>.v<n>")

    @property
    def aggregate_type(self) -> str:
        """The third segment of the type."""
        return self.type.split(".")[2]

    @property
    def subject(self) -> str:
        """``<aggregate_type>/<aggregate_id>``."""
        return f"{self.aggregate_type}/{self.subject_id}"


@dataclass(frozen=True)
class Received:
    """An event as a consumer sees it. ``data`` is what the subscription's ``parse`` made of the event's data."""

    id: UUID
    type: str
    division: str
    subject: str
    sequence: int
    time: datetime
    data: Any
    office: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None

    @property
    def aggregate_type(self) -> str:
        """The kind of thing it happened to."""
        return self.subject.partition("/")[0]

    @property
    def aggregate_id(self) -> str:
        """Which one it happened to."""
        return self.subject.partition("/")[2]


def topic_of(event_type: str) -> str:
    """Name the topic that carries events of this type: its first two segments."""
    return ".".join(event_type.split(".")[:2])


def dead_letter_topic(service: str) -> str:
    """Name the topic on which a service's consumers leave what they could not apply."""
    return f"linli.{service}.dead"


def part_of(division: str) -> int:
    """Map a division to the hash partition under whose lock its events are relayed."""
    return zlib.crc32(division.encode()) % PARTS


def schema_path(event_type: str) -> str:
    """Name the schema of a type inside ``contracts/``."""
    _, service, aggregate, happened, version = event_type.split(".")
    return f"events/{service}/{aggregate}.{happened}.{version}.schema.json"


def build(event: Event, *, event_id: UUID, division: str, office: str | None, time: datetime) -> bytes:
    """Write the complete envelope."""
    trace = _trace.get()
    envelope = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/linli/{event.type.split('.')[1]}",
        "type": event.type,
        "subject": event.subject,
        "time": time.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"/contracts/{schema_path(event.type)}",
        "divisioncode": division,
        "sequence": event.sequence,
        "actoroffice": office,
        "correlationid": event.correlation_id or trace.correlation_id or request_id.get() or str(event_id),
        "causationid": event.causation_id or trace.causation_id,
        "data": event.data,
    }
    present = {name: value for name, value in envelope.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def parse(payload: bytes) -> Received:
    """Read an envelope; extension attributes we do not know are ignored. Raises MalformedEvent."""
    try:
        envelope = json.loads(payload)
        if envelope["specversion"] != "1.0":
            raise ValueError(f"specversion {envelope['specversion']!r}")
        if not isinstance(envelope["data"], dict):
            raise ValueError("data is not an object")
        return _read(envelope)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedEvent(f"not a CloudEvents 1.0 envelope: {error!r}"[:500]) from error


def _read(envelope: Mapping[str, Any]) -> Received:
    event_type, subject, division = envelope["type"], envelope["subject"], envelope["divisioncode"]
    if not _TYPE.fullmatch(event_type):
        raise ValueError(f"type {event_type!r}")
    if not SUBJECT.fullmatch(subject):
        raise ValueError(f"subject {subject!r}")
    if not re.fullmatch(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?", division):
        raise ValueError(f"divisioncode {division!r}")
    time = datetime.fromisoformat(envelope["time"])
    if time.tzinfo is None:
        raise ValueError("time has no offset")
    return Received(
        id=UUID(envelope["id"]),
        type=event_type,
        division=division,
        subject=subject,
        time=time,
        sequence=int(envelope["sequence"]),
        data=envelope["data"],
        office=envelope.get("actoroffice"),
        correlation_id=envelope.get("correlationid"),
        causation_id=envelope.get("causationid"),
    )


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"an event cannot hold a {type(value).__name__}")
