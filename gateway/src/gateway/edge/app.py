# SPDX-License-Identifier: Apache-2.0
"""The edge as one plain ASGI application: who asks, may it pass, and with whose token."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import json
import logging
import time
from datetime import timedelta

from chassis.errors import AppError, Forbidden, MethodNotAllowed, NotFound, Unavailable
from chassis.limits import Buckets
from chassis.logging import request_id as logged_request_id
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from chassis import metrics
from gateway.edge import headers as wire
from gateway.edge import own_pages, proxy, refusals, routes
from gateway.edge.provider import Provider, SessionEnded
from gateway.edge.request import Request
from gateway.edge.routes import Route
from gateway.edge.sealing import Seal
from gateway.edge.sessions import Session, SessionStore
from gateway.edge.settings import Settings
from gateway.edge.tokens import Tokens

PURGE_EVERY_SECONDS = 600.0
_access = logging.getLogger("access")
_log = logging.getLogger(__name__)


class Edge:
    """The one door. Built from settings; the connections open when the server starts it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.routes = routes.load(limit_factor=settings.limit_factor)
        self.buckets = Buckets()
        self.sessions = SessionStore(
            settings.app_database_url,
            Seal(settings.session_secret, settings.session_secret_previous),
            timedelta(minutes=settings.idle_minutes),
            timedelta(minutes=settings.longest_session_minutes),
        )
        self.upstreams: proxy.Upstreams
        self.provider: Provider
        self.tokens: Tokens
        self._purging: asyncio.Task[None]

    async def start(self) -> None:
        """Open what needs a running loop."""
        self.upstreams = proxy.Upstreams(self.settings)
        self.provider = Provider(self.settings, self.upstreams.services)
        self.tokens = Tokens(self.provider, self.sessions)
        self.provider.keys.start()
        await self.sessions.open()
        self._purging = asyncio.create_task(self._purge())

    async def stop(self) -> None:
        """Close everything."""
        self._purging.cancel()
        self.provider.keys.stop()
        await self.upstreams.close()
        await self.sessions.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event: lifespan and HTTP; websockets are not spoken."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await Passage(self, Request(scope, receive, self.settings), send).run()

    async def session_of(self, request: Request) -> Session | None:
        """Return the living session of the request's cookie. Raises Unavailable."""
        cookie = request.cookies.get(wire.SESSION_COOKIE)
        return await self.sessions.find(cookie) if cookie else None

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _purge(self) -> None:
        while True:
            await asyncio.sleep(PURGE_EVERY_SECONDS)
            self.tokens.purge()
            with contextlib.suppress(Unavailable):
                await self.sessions.purge()


class Passage:
    """One request on its way through the edge."""

    def __init__(self, edge: Edge, request: Request, send: Send) -> None:
        self.edge, self.request = edge, request
        self._send, self._status, self._code = send, 0, ""
        self._place = "none"
        self._set_cookie: str | None = None
        self._started = time.perf_counter()

    async def run(self) -> None:
        """Serve the request; whatever goes wrong becomes a refusal."""
        request = self.request
        logged_request_id.set(request.request_id)
        as_page = request.wants_page and not request.path.startswith(("/api/", "/oauth/token"))
        try:
            await self._serve()
        except ConnectionAbortedError:
            return
        except Exception as error:  # the edge of the request: nobody sees a trace
            if self._status:
                raise  # the answer had begun; breaking off is the only honest thing left
            if not isinstance(error, AppError):
                _log.error("unforeseen", exc_info=error)
                error = AppError()
            self._code = error.code
            await self._answer(refusals.render(error, request, as_page))
        finally:
            self._account()

    async def _serve(self) -> None:
        request, edge = self.request, self.edge
        request.check_path()
        if request.path in ("/livez", "/readyz"):
            await self._health()
            return
        if request.path == "/metrics":  # on the process's own port only
            raise NotFound()
        is_program = request.bearer is not None and request.path.startswith("/api/")
        if not request.is_safe and request.is_cross_site and not is_program:
            raise Forbidden(
                "cross_site_request",
                zh="这个请求来自别的网站，什么也没有改动。",
                en="This request came from another site and nothing was changed.",
            )
        if request.path in own_pages.PAGES:
            await self._own_page()
            return
        route = edge.routes.find(request.path)
        if route is None:
            raise NotFound()
        await self._proxy(route)

    async def _health(self) -> None:
        self._place = "health"
        if self.request.path == "/livez":
            await self._answer(JSONResponse({"alive": True}))
            return
        ready = await self.edge.sessions.ready()
        await self._answer(JSONResponse({"database": ready}, 200 if ready else 503))

    async def _own_page(self) -> None:
        request = self.request
        method, limit, page = own_pages.PAGES[request.path]
        self._place = f"edge {request.path}"
        if request.method != method:
            raise MethodNotAllowed(headers={"Allow": method})
        self.edge.buckets.take(self.edge.routes.own[limit], self._who(None))
        await self._answer(await page(self.edge, request))

    async def _proxy(self, route: Route) -> None:
        request, edge = self.request, self.edge
        self._place = f"{route.to} {route.path}"
        session = await self._session(route)
        limit = route.limit if request.is_safe else (route.writes or route.limit)
        edge.buckets.take(limit, self._who(session))
        if session is not None and route.kind == "api" and not request.is_safe:
            given = request.headers.get("x-csrf-token", "")
            if not hmac.compare_digest(given.encode(), session.csrf.encode()):
                raise own_pages.wrong_csrf()
        headers = self._plain_headers(route) + await self._identity(route, session)
        body = b"" if request.method in ("GET", "HEAD") else await request.body(route.body_cap_bytes)
        answer = await edge.upstreams.ask(route, request, headers, body)
        async with answer:
            extra = {} if session is None or "cache-control" in answer.headers else {"cache-control": "no-store"}
            if self._set_cookie:
                extra["set-cookie"] = self._set_cookie
            await proxy.stream(answer, self._guarded_send, extra, route.kind in ("page", "provider"))

    async def _session(self, route: Route) -> Session | None:
        """Return whose request it is. A partner's token, a file, and another site's embedding bring no session."""
        request = self.request
        if route.kind not in ("page", "api") or wire.SESSION_COOKIE not in request.cookies:
            return None
        if (route.kind == "api" and request.bearer) or request.is_cross_site_embedding:
            return None
        try:
            session = await self.edge.session_of(request)
        except Unavailable:
            if route.public and request.is_safe:
                return None
            raise
        if session is None:
            self._set_cookie = wire.set_cookie(wire.SESSION_COOKIE, "", 0)
        return session

    def _plain_headers(self, route: Route) -> list[tuple[str, str]]:
        request, settings = self.request, self.edge.settings
        headers = wire.scrubbed(request.scope["headers"])
        if "authorization" in request.headers and (
            route.kind == "provider" or (route.kind == "api" and request.bearer)
        ):
            headers.append(("Authorization", request.headers["authorization"]))
        if route.kind in ("page", "provider") and (cookies := wire.cookie_header(request.cookies)):
            headers.append(("Cookie", cookies))
        if route.kind == "provider":  # it slows down who guesses passwords; nobody else needs to know
            headers.append(("Linli-Client-Address", request.client))
        return [
            *headers,
            ("Host", settings.public_host),
            ("Linli-Request-Id", request.request_id),
            ("X-Forwarded-Proto", "https" if settings.is_https else "http"),
        ]

    async def _identity(self, route: Route, session: Session | None) -> list[tuple[str, str]]:
        """Return the headers that say on whose behalf this goes on; none for nobody."""
        if session is None:
            return []
        try:
            if route.kind == "api":
                token = await self.edge.tokens.get(session, route.to)
                return [("Authorization", f"Bearer {token.value}")]
            return await self._page_identity(session)
        except SessionEnded:
            self._set_cookie = wire.set_cookie(wire.SESSION_COOKIE, "", 0)
        except Unavailable:
            if not (route.public and self.request.is_safe):
                raise
        return []

    async def _page_identity(self, session: Session) -> list[tuple[str, str]]:
        tokens = await self.edge.tokens.all(session)
        claims = tokens["identity"].claims
        said = {name: claims[name] for name in ("sub", "division", "office", "offices") if name in claims}
        text = json.dumps(said, separators=(",", ":")).encode()
        return [
            ("Linli-Session", base64.urlsafe_b64encode(text).rstrip(b"=").decode()),
            ("Linli-Csrf", session.csrf),
            *((f"Linli-Token-{name.title()}", token.value) for name, token in tokens.items()),
        ]

    def _who(self, session: Session | None) -> str:
        """Name whose bucket counts: the session's, the token's, or the address's."""
        if session is not None:
            return session.id_hash.hex()
        bearer = self.request.bearer
        return f"token {hash(bearer)}" if bearer else f"address {self.request.client}"

    async def _answer(self, response: Response) -> None:
        if self._set_cookie:
            response.headers.append("set-cookie", self._set_cookie)
        await response(self.request.scope, self.request.receive, self._guarded_send)

    async def _guarded_send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = list(message.get("headers", []))
            message["headers"] = wire.protected(headers, self.request.request_id, self.edge.settings.is_only_https)
        await self._send(message)

    def _account(self) -> None:
        seconds, status = time.perf_counter() - self._started, self._status or 499
        metrics.REQUESTS.labels("edge", self._place, str(status)).observe(seconds)
        if self._code:
            metrics.REFUSALS.labels("edge", self._place, self._code).inc()
        if self._place != "health":
            fields = {"route": self._place, "status": status, "ms": round(seconds * 1000, 1)}
            fields |= {"code": self._code} if self._code else {}
            _access.info("%s %s", self.request.method, self._place, extra=fields)
