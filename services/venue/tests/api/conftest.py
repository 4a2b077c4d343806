# SPDX-License-Identifier: Apache-2.0
"""The API in process, behind its real application: contract, security, validation and all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis.auth import Verifier
from chassis.testing.tokens import TokenFactory
from starlette.testclient import TestClient
from venue.deps import Deps
from venue.settings import Settings
from venue.web import AUDIENCE, create_app

from ..conftest import COUNTER, OPERATOR, RESIDENT, WUFUQIAO, House

BASE = "/api/venue/v1"


class Caller:
    """Somebody with a token (or none) who calls the API."""

    def __init__(self, client: TestClient, headers: dict[str, str], subject: str = "") -> None:
        self.client, self.headers, self.subject = client, headers, subject

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Read."""
        return self.client.get(BASE + path, headers=self.headers, params=query)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Write with a fresh idempotency key; header names are given with underscores."""
        given = {"Idempotency-Key": str(uuid4())} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.post(BASE + path, json=body, headers=self.headers | given)


class Callers:
    """Makes callers."""

    def __init__(self, client: TestClient, tokens: TokenFactory) -> None:
        self._client, self._tokens = client, tokens
        self.anonymous = Caller(client, {})

    def _caller(self, permissions: frozenset[str], division: str, office: str | None = None) -> Caller:
        subject = str(uuid4())
        headers = self._tokens.headers("venue", *permissions, division=division, subject=subject, office=office)
        return Caller(self._client, headers, subject)

    def resident(self, division: str = WUFUQIAO) -> Caller:
        """A resident."""
        return self._caller(RESIDENT, division)

    def operator(self, division: str = WUFUQIAO) -> Caller:
        """The venue's operator."""
        return self._caller(OPERATOR, division, "venue_operator")

    def counter(self, division: str = WUFUQIAO) -> Caller:
        """A community worker."""
        return self._caller(COUNTER, division, "community_worker")

    def without_permissions(self) -> Caller:
        """A valid token that permits nothing here."""
        return self._caller(frozenset({"engagement.own"}), WUFUQIAO)


@pytest.fixture
def callers(config: Settings, deps: Deps, tokens: TokenFactory, house: House) -> Iterator[Callers]:
    """Callers of an application with 五福茶馆 in its database."""
    verifier = Verifier(tokens.issuer, AUDIENCE, keys=lambda: tokens.jwks)
    with TestClient(create_app(deps, config, verifier), raise_server_exceptions=False) as client:
        yield Callers(client, tokens)
