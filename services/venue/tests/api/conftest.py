# SPDX-License-Identifier: Apache-2.0
"""The API in process, behind its real application: contract, security, validation and all.

One database and one application serve a whole module; each test takes times nobody else has taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis.auth import Verifier
from chassis.clock import FrozenClock
from chassis.testing.postgres import Databases
from chassis.testing.tokens import TokenFactory
from starlette.testclient import TestClient
from venue import bootstrap
from venue.deps import Deps
from venue.domain.venues.definition import VenueDefinition
from venue.web import AUDIENCE, create_app

from ..conftest import COUNTER, OPERATOR, RESIDENT, SECRETARY, WUFUQIAO, House, at, build_house, settings_for

BASE = "/api/venue/v1"
MONDAY_MORNING = at("2026-11-23T10:00")


class Caller:
    """Somebody with a token (or none) who calls the API."""

    def __init__(self, client: TestClient, headers: dict[str, str], subject: str = "") -> None:
        self.client, self.headers, self.subject = client, headers, subject

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Read."""
        return self.client.get(BASE + path, headers=self.headers, params=query or None)

    def post(self, path: str, body: Any = None, *, key: str | None = "", version: int | None = None) -> httpx.Response:
        """Write under a fresh idempotency key, another one, or (None) none; ``version`` is sent as If-Match."""
        return self.send("POST", path, body, key=key, version=version)

    def patch(self, path: str, body: Any = None, *, key: str | None = "", version: int | None = None) -> httpx.Response:
        """Change, like ``post``."""
        return self.send("PATCH", path, body, key=key, version=version)

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = "", version: int | None = None
    ) -> httpx.Response:
        """Write by the given method."""
        headers = dict(self.headers)
        if key is not None:
            headers["Idempotency-Key"] = key or str(uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        more = {} if body is None else {"json": body}
        return self.client.request(method, BASE + path, headers=headers, **more)


@dataclass
class World:
    """五福茶馆, its clock, and people who call its API."""

    client: TestClient
    tokens: TokenFactory
    house: House
    clock: FrozenClock
    numbers: count
    deps: Deps | None = None

    @property
    def anonymous(self) -> Caller:
        """Nobody."""
        return Caller(self.client, {})

    def resident(self, division: str = WUFUQIAO) -> Caller:
        """A resident."""
        return self.caller(RESIDENT, division)

    def operator(self, division: str = WUFUQIAO) -> Caller:
        """The venue's operator."""
        return self.caller(OPERATOR, division, "venue_operator")

    def counter(self, division: str = WUFUQIAO) -> Caller:
        """A community worker."""
        return self.caller(COUNTER, division, "community_worker")

    def secretary(self, division: str = WUFUQIAO) -> Caller:
        """The community's secretary."""
        return self.caller(SECRETARY, division, "community_secretary")

    def caller(
        self,
        permissions: frozenset[str],
        division: str = WUFUQIAO,
        office: str | None = None,
        subject: str | None = None,
    ) -> Caller:
        """Somebody with exactly these permissions."""
        subject = subject or str(uuid4())
        headers = self.tokens.headers("venue", *permissions, division=division, subject=subject, office=office)
        return Caller(self.client, headers, subject)

    def wish(self, space: str = "book_room", **more: Any) -> dict[str, Any]:
        """A body that books an evening hour nobody else has taken."""
        number = next(self.numbers)
        start = at("2026-11-24T18:00") + timedelta(days=number // 4, hours=number % 4)
        return {
            "space_id": str(self.house.spaces[space]),
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=1)).isoformat(),
            **more,
        }

    def booked(self, who: Caller | None = None) -> dict[str, Any]:
        """A confirmed booking."""
        answer = (who or self.resident()).post("/bookings", self.wish())
        assert answer.status_code == 201, answer.text
        return answer.json()

    def checked_in(self) -> dict[str, Any]:
        """A booking whose guests came."""
        booking = self.booked()
        self.clock.set(at(booking["starts_at"][:16]))
        answer = self.operator().post(f"/bookings/{booking['booking_id']}/check-in", version=1)
        self.clock.set(MONDAY_MORNING)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def settled(self) -> dict[str, Any]:
        """A booking that has been paid."""
        booking = self.checked_in()
        body = {"method": "cash", "amount_fen": booking["price_fen"]}
        answer = self.operator().post(f"/bookings/{booking['booking_id']}/settlement", body, version=2)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def opened(databases: Databases, tokens: TokenFactory, teahouse: VenueDefinition) -> Iterator[World]:
    """A new world with a database and an application of its own."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    config, clock = settings_for(database), FrozenClock(MONDAY_MORNING)
    deps = bootstrap.build(config, clock=clock)
    house = build_house(deps, database, teahouse)
    verifier = Verifier(tokens.issuer, AUDIENCE, keys=lambda: tokens.jwks)
    with TestClient(create_app(deps, config, verifier), raise_server_exceptions=False) as client:
        yield World(client, tokens, house, clock, count(), deps)
    deps.database.close()
    databases.drop(database)


@pytest.fixture(scope="module")
def shared(databases, tokens, teahouse) -> Iterator[World]:
    """The module's application and database."""
    with opened(databases, tokens, teahouse) as world:
        yield world


@pytest.fixture
def world(shared: World) -> World:
    """The module's world, its clock set back to Monday morning."""
    shared.clock.set(MONDAY_MORNING)
    return shared
