# SPDX-License-Identifier: Apache-2.0
"""The four services' dependencies in one process, under one clock that the generator moves."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import disclosure.bootstrap
import disclosure.settings
import engagement.bootstrap
import engagement.settings
import identity.bootstrap
import identity.settings
import venue.bootstrap
import venue.settings
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.settings import load

ROLES = ("OWNER", "APP", "PUBLIC", "RELAY", "SWEEP")


@dataclass(frozen=True)
class Here:
    """Stands where an HTTP request's Call stands."""

    actor: Actor
    deps: Any = None
    language: str = "zh"
    idempotency_key: str | None = None
    body_hash: str = ""
    if_match: int | None = None
    request_id: str = "first-data"
    operation: str = "first_data"


class Platform:
    """Use cases' dependencies, built from the environment of a local machine's tools."""

    def __init__(self) -> None:
        offset = float(os.environ.get("LINLI_CLOCK_OFFSET_SECONDS", "0"))
        self.now = datetime.now(UTC) + timedelta(seconds=offset)
        self.clock = FrozenClock(self.now)
        self.identity = _build(identity.bootstrap, identity.settings.Settings, "IDENTITY", self.clock)
        self.engagement = _build(engagement.bootstrap, engagement.settings.Settings, "ENGAGEMENT", self.clock)
        self.disclosure = _build(disclosure.bootstrap, disclosure.settings.Settings, "DISCLOSURE", self.clock)
        self.venue = _build(venue.bootstrap, venue.settings.Settings, "VENUE", self.clock)

    def at(self, instant: datetime) -> None:
        """Let the next acts happen at ``instant``, never later than now."""
        self.clock.set(min(instant, self.now))


def officer(division: str, office: str, permissions: str, subject: str | None = None) -> Actor:
    """Return an actor in an office, as a token would make it."""
    held = ({"office": office, "place": division, "until": None},)
    return Actor(
        subject=subject or str(uuid5(NAMESPACE_OID, f"first-data {division} {office}")),
        division=division,
        permissions=frozenset(permissions.split()),
        office=office,
        offices=held,
        client="first-data",
    )


def resident(division: str, person_id: str) -> Actor:
    """Return a resident acting for themselves."""
    permissions = frozenset(["identity.self", "venue.read", "venue.book", "engagement.own"])
    return Actor(
        subject=person_id, division=division, permissions=permissions, office=None, offices=(), client="first-data"
    )


def _build(bootstrap: ModuleType, settings: type, service: str, clock: FrozenClock) -> Any:
    environment = dict(os.environ)
    for role in ROLES:
        environment[f"LINLI_{role}_DATABASE_URL"] = os.environ[f"LINLI_{service}_{role}_DATABASE_URL"]
    return bootstrap.build(load(settings, environment), clock=clock)
