# SPDX-License-Identifier: Apache-2.0
"""A small town for the edge: an identity that signs people in, services and pages that tell what reached them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
from aiohttp import web
from gateway.edge.app import Edge
from gateway.edge.settings import Settings
from joserfc import jwt
from joserfc.jwk import OKPKey

ISSUER, HOME = "https://linli.test", "510104030006"
PERSON = "01936b5e-0000-7000-8000-000000000001"
SECRET, SESSION_SECRET = "a-client-secret-of-this-test", "s" * 43
KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "one", "use": "sig", "alg": "Ed25519"})


def sign(claims: dict) -> str:
    return jwt.encode({"alg": "Ed25519", "kid": "one"}, claims, KEY, algorithms=["Ed25519"])


@dataclass
class FakeIdentity:
    """The provider's back channel: codes, refresh tokens and keys, as services/identity keeps them."""

    held: set[str] = field(default_factory=lambda: {f"venue_operator@{HOME}"})
    codes: dict[str, dict] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)
    asked: list[dict] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    changes: dict = field(default_factory=dict)
    expires_in: int = 600

    def sign_in(self, authorize_url: str) -> str:
        """Give the password in the browser's stead; return the address to come back to."""
        asked = dict(parse_qsl(urlsplit(authorize_url).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"/sign-in/callback?code={code}&state={asked['state']}&iss={ISSUER}"

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.discovery)
        app.router.add_get("/oauth/jwks", self.jwks)
        app.router.add_post("/oauth/token", self.token)
        app.router.add_post("/oauth/revoke", self.revoke)
        app.router.add_post("/oauth/end_session", self.end_session)
        app.router.add_route("*", "/{rest:.*}", echo)
        return app

    async def discovery(self, _request):
        paths = {
            "authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks",
            "revocation_endpoint": "revoke", "end_session_endpoint": "end_session",
        }  # fmt: skip
        return web.json_response({"issuer": ISSUER} | {name: f"{ISSUER}/oauth/{one}" for name, one in paths.items()})

    async def jwks(self, _request):
        return web.json_response({"keys": [KEY.as_dict(private=False)]})

    async def token(self, request):
        form = dict(await request.post())
        self.asked.append(form)
        expected = "Basic " + base64.b64encode(f"edge:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return web.json_response({"error": "invalid_client"}, status=401)
        return self._by_code(form) if form["grant_type"] == "authorization_code" else self._by_refresh(form)

    def _by_code(self, form):
        asked = self.codes.pop(form["code"], None)
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        refresh = f"refresh-{len(self.alive)}-{time.time_ns()}"
        self.alive.add(refresh)
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "edge", "sub": PERSON, "exp": now + 600, "nonce": asked["nonce"], "sid": "x"}
        return web.json_response(
            {"refresh_token": refresh, "id_token": sign(claims | self.changes), "access_token": "x"}
        )

    def _by_refresh(self, form):
        if form["refresh_token"] not in self.alive:
            return web.json_response({"error": "invalid_grant"}, status=400)
        office = form.get("office")
        if office not in (None, "resident") and office not in self.held:
            return web.json_response({"error": "access_denied"}, status=400)
        claims = {"iss": ISSUER, "aud": form["resource"], "sub": PERSON, "division": HOME, "offices": []}
        if office not in (None, "resident"):
            claims["office"] = office.partition("@")[0]
        return web.json_response({"access_token": sign(claims), "expires_in": self.expires_in})

    async def revoke(self, request):
        form = await request.post()
        self.revoked.append(form["token"])
        self.alive.discard(form["token"])
        return web.json_response({})

    async def end_session(self, request):
        self.ended.append((await request.post())["id_token_hint"])
        return web.Response()


async def echo(request: web.Request) -> web.StreamResponse:
    """Tell what reached the upstream; some addresses misbehave."""
    if request.path.endswith("/slow-stream"):
        answer = web.StreamResponse()
        await answer.prepare(request)
        for number in range(3):
            await answer.write(b"part %d\n" % number)
            await asyncio.sleep(0.01)
        return answer
    if request.path.endswith("/breaks"):
        request.transport.close()
        return web.Response()
    body = await request.read()
    told = {
        "method": request.method,
        "target": request.raw_path,
        "headers": [[name.lower(), value] for name, value in request.headers.items()],
        "body": body.decode("utf-8", "replace"),
    }
    headers = {"X-Powered-By": "echo", "Linli-Token-Venue": "never", "Set-Cookie": "language=en"}
    if request.path.endswith("/steals"):
        headers["Set-Cookie"] = "__Host-linli=mine; Path=/; Secure"
    return web.json_response(told, headers=headers)


class Browser:
    """Keeps cookies as a browser on https does, and follows nothing by itself."""

    def __init__(self, edge: Edge) -> None:
        transport = httpx.ASGITransport(edge, raise_app_exceptions=False, client=("192.0.2.7", 4711))
        self.http = httpx.AsyncClient(transport=transport, base_url=ISSUER, follow_redirects=False)

    async def get(self, path, **kwargs) -> httpx.Response:
        return await self.http.get(path, **kwargs)

    async def post(self, path, **kwargs) -> httpx.Response:
        return await self.http.post(path, **kwargs)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value for cookie in self.http.cookies.jar}


@dataclass
class Town:
    """Everything a test touches."""

    edge: Edge
    identity: FakeIdentity
    settings: Settings
    upstreams: dict[str, web.BaseSite]

    def browser(self) -> Browser:
        return Browser(self.edge)

    async def signed_in(self, next_page: str = "/my/bookings") -> Browser:
        browser = self.browser()
        start = await browser.get("/sign-in", params={"next": next_page})
        back = await browser.get(self.identity.sign_in(start.headers["location"]))
        assert back.status_code == 303, back.text
        return browser

    async def close(self, name: str) -> None:
        """Take an upstream away."""
        await self.upstreams[name].stop()


@asynccontextmanager
async def town(database_url: str, folder: Path, **changes):
    """Start the fakes and an edge before them."""
    identity, runners, sites, urls = FakeIdentity(), [], {}, {}
    for name in ("identity", "engagement", "disclosure", "venue", "web"):
        app = identity.application() if name == "identity" else web.Application()
        if name != "identity":
            app.router.add_route("*", "/{rest:.*}", echo)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        socket = str(folder / "web.sock")
        site = web.UnixSite(runner, socket) if name == "web" else web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        runners.append(runner)
        sites[name] = site
        if name != "web":
            urls[f"{name}_url"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    given = {
        "environment": "test", "issuer": ISSUER, "app_database_url": database_url, "web_socket": socket,
        "jwks_url": urls["identity_url"] + "/oauth/jwks", "edge_client_secret": SECRET,
        "session_secret": SESSION_SECRET,
    }  # fmt: skip
    settings = Settings(**urls, **(given | changes))
    edge = Edge(settings)
    await edge.start()
    try:
        yield Town(edge, identity, settings, sites)
    finally:
        await edge.stop()
        for runner in runners:
            await runner.cleanup()


def told(answer: httpx.Response) -> dict[str, list[str]]:
    """Return the headers that reached the upstream, by name."""
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["headers"]:
        found.setdefault(name, []).append(value)
    return found


def session_told(answer: httpx.Response) -> dict:
    """Return the session as web was told."""
    text = told(answer)["linli-session"][0]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
