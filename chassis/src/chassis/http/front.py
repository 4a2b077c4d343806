# SPDX-License-Identifier: Apache-2.0
"""The outermost layer: request id, language, body cap, timer, log line, and the addresses the edge never routes."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import metrics
from chassis.errors import NotFound, TooLarge, UnsupportedMediaType
from chassis.http import problems
from chassis.http.call import Passage, passage
from chassis.http.contract import Contract
from chassis.language import preferred
from chassis.logging import request_id as logged_request_id
from chassis.reply import JSON, Reply, encode

BODY_CAP = 256 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_access = logging.getLogger("access")


@dataclass(frozen=True)
class Front:
    """Wraps the application of one service. Nothing that is raised inside leaves it."""

    app: ASGIApp
    service: str
    contract: Contract
    readiness: Callable[[], dict[str, bool]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event: lifespan and HTTP; websockets are not spoken here."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = await self._own_page(scope)
        if own is not None:
            await _send(own, send)
            return
        headers = Headers(scope=scope)
        here = Passage(_request_id(headers), preferred(headers.get("accept-language")))
        passage.set(here)
        logged_request_id.set(here.request_id)
        watch = _Watch(send, here, lambda: self.contract.allowed(scope["path"]))
        try:
            await self._pass(scope, receive, watch, headers)
        except Exception as error:  # the edge of the request: whatever happened, the caller gets a problem
            if watch.status:
                raise
            await _send(problems.render(error), watch)
        finally:
            self._account(scope, here, watch)

    async def _pass(self, scope: Scope, receive: Receive, watch: _Watch, headers: Headers) -> None:
        if scope["path"].endswith("/"):  # Starlette would redirect to the host the client named
            raise NotFound()
        announced = headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > BODY_CAP:
            raise TooLarge(limit_bytes=BODY_CAP)
        _plain_json_only(scope, headers)
        # Connexion copies the scope; what it learns about the operation comes back through this shared dict.
        scope.setdefault("extensions", {})
        await self.app(scope, _capped(receive), watch)

    async def _own_page(self, scope: Scope) -> Reply | None:
        path = scope["path"]
        if path == "/livez":
            return Reply(200, encode({"alive": True}), {"Content-Type": JSON})
        if path == "/readyz":
            parts = await run_in_threadpool(self.readiness)
            return Reply(200 if all(parts.values()) else 503, encode(parts), {"Content-Type": JSON})
        if path == "/metrics":
            body, kind = metrics.exposition()
            return Reply(200, body, {"Content-Type": kind})
        if path == f"{self.contract.base_path}/openapi.yaml" and scope["method"] in ("GET", "HEAD"):
            headers = {"Content-Type": "application/yaml; charset=utf-8", "Cache-Control": "public, max-age=300"}
            return Reply(200, self.contract.text, headers)
        return None

    def _account(self, scope: Scope, here: Passage, watch: _Watch) -> None:
        routing = scope.get("extensions", {}).get("connexion_routing", {})
        operation = routing.get("operation_id") or "none"
        seconds, status = time.perf_counter() - watch.started, watch.status or 500
        metrics.REQUESTS.labels(self.service, operation, str(status)).observe(seconds)
        if here.refusal:
            metrics.REFUSALS.labels(self.service, operation, here.refusal).inc()
        fields = {"operation": operation, "status": status, "ms": round(seconds * 1000, 1)}
        if here.refusal:
            fields["code"] = here.refusal
        _access.info("%s %s", scope["method"], operation, extra=fields)


class _Watch:
    """Passes messages on, adds the headers every answer has, and remembers the status."""

    def __init__(self, send: Send, here: Passage, allowed: Callable[[], list[str]]) -> None:
        self._send, self._here, self._allowed = send, here, allowed
        self.status = 0
        self.started = time.perf_counter()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            if self.status == 405:  # Starlette names the methods of the first route only
                headers["Allow"] = ", ".join(self._allowed())
            headers["Linli-Request-Id"] = self._here.request_id
            headers["X-Content-Type-Options"] = "nosniff"
            if "Cache-Control" not in headers and self.status >= 400:
                headers["Cache-Control"] = "no-store"
        await self._send(message)


def _request_id(headers: Headers) -> str:
    given = headers.get("linli-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _plain_json_only(scope: Scope, headers: Headers) -> None:
    """Spell JSON's content type one way, so that no layer below can be talked out of validating it."""
    given = headers.get("content-type")
    if given is None:
        return
    kind, _, parameters = given.partition(";")
    if kind.strip().lower() != JSON:
        return
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType()
    scope["headers"] = [
        (name, JSON.encode() if name.lower() == b"content-type" else value) for name, value in scope["headers"]
    ]


def _capped(receive: Receive) -> Receive:
    """Count the body as it comes: a length that was not announced, or a lie, is cut off too."""
    seen = 0

    async def capped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_CAP:
            raise TooLarge(limit_bytes=BODY_CAP)
        return message

    return capped


async def _send(answer: Reply, send: Send) -> None:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
