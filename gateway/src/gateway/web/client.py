# SPDX-License-Identifier: Apache-2.0
"""The one way from a page to the services: their public contracts, with the caller's own token."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from gateway.web.visitor import Visitor

# A service ends an idle connection after 5 s; ours lets go first, so that no request meets a closing one.
KEEPALIVE_SECONDS = 2.0
TIMEOUT = httpx.Timeout(8.0, connect=1.0)
REMEMBERED_SECONDS = 30.0
# Ids and days that a form or an address named become parts of a path: they must not lead to another operation.
PATH = re.compile(r"(/(?!\.{1,2}(/|$))[\w.~:@-]+)+", re.ASCII)


class Problem(Exception):
    """A service's refusal (problem+json), or that it could not be reached (code ``service_unavailable``)."""

    def __init__(self, status: int, code: str, body: dict[str, Any], service: str) -> None:
        super().__init__(f"{service}: {status} {code}")
        self.status, self.code, self.body, self.service = status, code, body, service

    @property
    def detail(self) -> str:
        """Return the reason the service gave, in the caller's language."""
        return str(self.body.get("detail") or self.body.get("title") or "")


class Services:
    """Connections shared by all requests, and a short memory for answers that are public and hardly change."""

    def __init__(self, urls: dict[str, str], transport: httpx.BaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=KEEPALIVE_SECONDS)
        self._urls = {name: url.rstrip("/") for name, url in urls.items()}
        self._http = httpx.Client(timeout=TIMEOUT, limits=limits, transport=transport, trust_env=False)
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="fetch")
        self._remembered: dict[tuple[str, str], tuple[float, Any]] = {}

    def for_visitor(self, visitor: Visitor, language: str) -> Api:
        """Return the services as this visitor may use them."""
        return Api(self, visitor, language)

    def send(self, method: str, service: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
        """Send one request; reads are tried a second time when the connection fails before an answer."""
        if not PATH.fullmatch(path):
            raise Problem(404, "not_found", {}, service)
        url = f"{self._urls[service]}/api/{service}/v1{path}"
        attempts = 2 if method == "GET" else 1
        for attempt in range(attempts):
            try:
                return self._http.request(method, url, headers=headers, **more)
            except httpx.HTTPError as failure:
                if attempt + 1 == attempts:
                    raise Problem(503, "service_unavailable", {}, service) from failure
        raise AssertionError("unreachable")

    def remembered(self, key: tuple[str, str], ask: Callable[[], Any]) -> Any:
        """Answer a public question from memory for half a minute; failures are not remembered."""
        known = self._remembered.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        answer = ask()
        if len(self._remembered) > 2000:
            self._remembered.clear()
        self._remembered[key] = (time.monotonic() + REMEMBERED_SECONDS, answer)
        return answer

    def parallel(self, questions: dict[str, Callable[[], Any]]) -> dict[str, Any]:
        """Ask several at once; a Problem takes the place of its answer, so that a page decides what it needs."""
        futures = {name: self._pool.submit(ask) for name, ask in questions.items()}
        return {name: _outcome(future) for name, future in futures.items()}


class Api:
    """The services' operations for one request, with that visitor's tokens and language."""

    def __init__(self, services: Services, visitor: Visitor, language: str) -> None:
        self._services, self._visitor, self._language = services, visitor, language

    def get(self, service: str, path: str, **params: Any) -> Any:
        """Read, with the visitor's token when there is one. Raises Problem."""
        asked = {name: value for name, value in params.items() if value not in (None, "")}
        return _body(service, self._services.send("GET", service, path, self._headers(service), params=asked))

    def public(self, service: str, path: str, **params: Any) -> Any:
        """Read what anyone may read, from a memory of half a minute."""
        asked = {name: str(value) for name, value in sorted(params.items()) if value not in (None, "")}
        headers = {"Accept": "application/json", "Accept-Language": self._language}

        def ask() -> Any:
            return _body(service, self._services.send("GET", service, path, headers, params=asked))

        return self._services.remembered((self._language, f"{service}{path}?{asked}"), ask)

    def text(self, service: str, path: str) -> str:
        """Read a public document that is not JSON, from the same memory."""

        def ask() -> str:
            reply = self._services.send("GET", service, path, {"Accept-Language": self._language})
            if reply.status_code >= 400:
                _body(service, reply)
            return reply.text

        return self._services.remembered((self._language, f"{service}{path}"), ask)

    def pages(self, service: str, path: str, at_most: int = 500, **params: Any) -> list[dict[str, Any]]:
        """Follow ``next_cursor`` and return the items of all pages, up to ``at_most``."""
        items: list[dict[str, Any]] = []
        cursor = None
        while len(items) < at_most:
            answer = self.get(service, path, cursor=cursor, **params)
            items += answer.get("items", [])
            cursor = answer.get("next_cursor")
            if not cursor:
                break
        return items

    def send(
        self,
        service: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        version: str | int | None = None,
        method: str = "POST",
    ) -> Any:
        """Change something. ``key`` makes a double submit one act; ``version`` is what the person saw."""
        headers = self._headers(service)
        if key:
            headers["Idempotency-Key"] = key
        if version not in (None, ""):
            headers["If-Match"] = f'"{version}"'
        return _body(service, self._services.send(method, service, path, headers, json=body or {}))

    def together(self, **questions: Callable[[], Any]) -> dict[str, Any]:
        """Ask several questions in parallel; see Services.parallel."""
        return self._services.parallel(questions)

    def _headers(self, service: str) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Language": self._language}
        if self._visitor.request_id:
            headers["Linli-Request-Id"] = self._visitor.request_id
        token = self._visitor.tokens.get(service)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return headers


def _outcome(future: Any) -> Any:
    try:
        return future.result()
    except Problem as problem:
        return problem


def _body(service: str, reply: httpx.Response) -> Any:
    try:
        body = reply.json() if reply.content else {}
    except ValueError:
        body = {}
    if reply.status_code >= 400:
        body = body if isinstance(body, dict) else {}
        raise Problem(reply.status_code, str(body.get("code") or f"status_{reply.status_code}"), body, service)
    return body
