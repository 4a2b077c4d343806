# SPDX-License-Identifier: Apache-2.0
"""A tiny service of the chassis' own: a contract, an api module, and somebody to ask it things."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from uuid import UUID

import httpx
import pytest
from chassis.auth import Verifier
from chassis.errors import Conflict
from chassis.http import Call, Reply, create_app, etag
from joserfc import jwt
from joserfc.jwk import OKPKey

ISSUER, AUDIENCE, HOME = "http://localhost:8080", "urn:linli:teahouse", "510104030006"
CUP = UUID("01936b5e-0000-7000-8000-000000000001")
KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "one", "use": "sig", "alg": "Ed25519"})


@dataclass(frozen=True)
class Settings:
    environment: str = "test"
    pool_size: int = 4
    caller_burst: float = 2000.0
    caller_per_second: float = 500.0


class Kitchen(ModuleType):
    """The api functions, and the last call each of them saw."""

    def __init__(self) -> None:
        super().__init__("kitchen")
        self.seen: list[tuple[Call, dict]] = []

    def get_menu(self, call, division):
        self.seen.append((call, {"division": division}))
        return {"division": division}

    def list_cups(self, call, limit, day=None, division_code=None):
        self.seen.append((call, {"limit": limit, "day": day}))
        return {"items": [], "limit": limit}

    def brew_cup(self, call, body):
        self.seen.append((call, body))
        return {"cup_id": CUP}, 201, etag(1)

    def get_cup(self, call, cup_id):
        if cup_id == str(CUP):
            return Reply(200, b'{"cup_id":"%s"}' % str(CUP).encode(), {"ETag": '"7"'})
        if cup_id.endswith("9"):
            raise RuntimeError("secret of the kitchen")
        if cup_id.endswith("8"):
            return {"cup_id": "not a uuid"}
        raise Conflict("cup_taken", zh="杯子有人用了", en="Taken", alternatives=["01"])

    def refill_cup(self, call, cup_id):
        self.seen.append((call, {"cup_id": cup_id}))
        return {"cup_id": cup_id}

    def break_cup(self, call, cup_id):
        return None


class Guest:
    """Asks the application over ASGI, as one signed-in person or as nobody."""

    def __init__(self, app) -> None:
        self._app = app

    def ask(self, method, path, *, token=None, headers=None, **kwargs) -> httpx.Response:
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if not path.startswith("/api/") and path not in ("/livez", "/readyz", "/metrics"):
            path = "/api/teahouse/v1" + path

        async def go():
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://tea") as client:
                return await client.request(method, path, headers=headers, **kwargs)

        return asyncio.run(go())


def sign(permissions="tea.drink tea.brew", division=HOME, key=KEY, typ="at+jwt", alg="Ed25519", **changes):
    """Return a token as identity signs it; a claim given as None is left out."""
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": str(CUP), "client_id": "edge", "jti": "x",
        "iat": now, "exp": now + 600, "scope": permissions, "division": division, "offices": [],
    }  # fmt: skip
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": alg, "typ": typ, "kid": key.kid}, claims, key, algorithms=[alg])


def key_set(*keys):
    return {"keys": [key.as_dict(private=False) for key in keys or (KEY,)]}


@pytest.fixture
def kitchen():
    return Kitchen()


@pytest.fixture
def guest(kitchen):
    return Guest(build(kitchen))


def build(kitchen, settings=None, ready=lambda: True, verifier=None):
    return create_app(
        service="teahouse",
        contract=Path(__file__).with_name("teahouse.v1.yaml"),
        api_module=kitchen,
        deps="the deps",
        verifier=verifier or Verifier(ISSUER, AUDIENCE, keys=key_set),
        database_ready=ready,
        settings=settings or Settings(),
    )
