# SPDX-License-Identifier: Apache-2.0
"""The service's application over ASGI, and the people who ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis.auth import Verifier
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO, TokenFactory
from disclosure import bootstrap
from disclosure.settings import Settings
from disclosure.web import AUDIENCE, build_app

READ, PREPARE, APPROVE = "disclosure.read", "disclosure.prepare", "disclosure.approve"


@dataclass
class Asker:
    """Somebody with (or without) a token who asks the application."""

    app: Any
    token: str | None = None

    def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= rest.pop("headers", {})

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://disclosure") as client:
                return await client.request(method, f"/api/disclosure/v1{path}", headers=headers, **rest)

        return asyncio.run(go())

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.ask("GET", path, **rest)

    def post(self, path: str, body: Any, *, key: str | None = "", version: int | None = None) -> httpx.Response:
        """Post with a fresh Idempotency-Key; ``key=None`` sends none, ``version`` becomes If-Match."""
        headers = {} if key is None else {"Idempotency-Key": key or uuid4().hex}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        return self.ask("POST", path, json=body, headers=headers)


@pytest.fixture
def app(settings: Settings, deps: bootstrap.Deps, tokens: TokenFactory) -> Any:
    return build_app(settings, deps, Verifier(tokens.issuer, AUDIENCE, keys=lambda: tokens.jwks))


@pytest.fixture
def person(app: Any, tokens: TokenFactory) -> Callable[..., Asker]:
    """Call with permissions (and an office, a division, a subject) to meet that person."""

    def meet(*permissions: str, **claims: Any) -> Asker:
        return Asker(app, tokens.sign("disclosure", *permissions, **claims))

    return meet


@pytest.fixture
def anyone(app: Any) -> Asker:
    return Asker(app)


@pytest.fixture
def clerk(person: Callable[..., Asker]) -> Asker:
    return person(READ, PREPARE, office="finance_clerk", subject="0192f0c0-0000-7000-8000-00000000000c")


@pytest.fixture
def secretary(person: Callable[..., Asker]) -> Asker:
    return person(READ, APPROVE, office="community_secretary", subject="0192f0c0-0000-7000-8000-00000000000d")


@pytest.fixture
def resident(person: Callable[..., Asker]) -> Asker:
    return person("venue.book", division=WUFUQIAO)


@pytest.fixture
def neighbouring_clerk(person: Callable[..., Asker]) -> Asker:
    return person(READ, PREPARE, APPROVE, office="finance_clerk", division=SHUANGGUILU)
