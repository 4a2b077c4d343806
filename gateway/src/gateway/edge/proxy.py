# SPDX-License-Identifier: Apache-2.0
"""Hands a request to an upstream and streams the answer back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import aiohttp
from chassis.errors import AppError, Unavailable, say
from starlette.types import Send
from yarl import URL

from gateway.edge import headers as wire
from gateway.edge.request import Request
from gateway.edge.routes import Route
from gateway.edge.settings import Settings

# Services end an idle connection after 5 s; a pool that outlives that fails a POST (measured).
POOL_KEEPALIVE_SECONDS = 2.0
CONNECTIONS = 256
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=1.0, sock_read=30.0)
RETRY_AFTER_SECONDS = (0.05, 0.25)
CHUNK = 64 * 1024
_log = logging.getLogger(__name__)


class UpstreamSilent(AppError):
    """The upstream took the request and did not answer in time: whether it acted is unknown."""

    status = 504
    default_code = "upstream_silent"
    title = say("没有等到答复", "No answer in time")
    default_reason = say(
        "系统没有及时答复。请先查看办理结果，再决定是否重试。",
        "There was no answer in time. Please look whether it was done before trying again.",
    )


class Upstreams:
    """The edge's client connections: TCP to services, one Unix socket to web."""

    def __init__(self, settings: Settings) -> None:
        self._bases = settings.upstream_urls()
        self.services = _client(
            aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=POOL_KEEPALIVE_SECONDS, ttl_dns_cache=10)
        )
        self._web = _client(
            aiohttp.UnixConnector(path=settings.web_socket, limit=CONNECTIONS, keepalive_timeout=POOL_KEEPALIVE_SECONDS)
        )

    async def close(self) -> None:
        """Close every connection."""
        await self.services.close()
        await self._web.close()

    async def ask(
        self, route: Route, request: Request, headers: list[tuple[str, str]], body: bytes
    ) -> aiohttp.ClientResponse:
        """Send the request on. A connection that cannot be made is tried again, an answer lost only when safe.

        Raises Unavailable where the upstream is away, UpstreamSilent where it does not answer in time.
        """
        client = self._web if route.to == "web" else self.services
        url = URL(self._bases[route.to] + request.raw_target, encoded=True)
        for wait in (*RETRY_AFTER_SECONDS, None):
            try:
                return await client.request(
                    request.method, url, headers=headers, data=body or None, allow_redirects=False
                )
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                if wait is None:
                    raise _away(route) from None
            except TimeoutError:
                raise UpstreamSilent() from None
            except aiohttp.ClientError:
                if wait is None or not request.is_safe:
                    raise _away(route) if request.is_safe else UpstreamSilent() from None
            await asyncio.sleep(wait)
        raise AssertionError("the last attempt returns or raises")


def _client(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        timeout=TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    )


def _away(route: Route) -> Unavailable:
    _log.warning("upstream away", extra={"upstream": route.to})
    return Unavailable("upstream_away", headers={"Retry-After": "5"}, upstream=route.to)


async def stream(answer: aiohttp.ClientResponse, send: Send, extra: Mapping[str, str], keep_cookies: bool) -> None:
    """Pass the answer on as it comes. When the upstream breaks off, so does the answer: it is never made whole."""
    headers = wire.passed_back(answer.headers.items(), keep_cookies)
    headers += [(name.encode(), value.encode()) for name, value in extra.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    async for chunk in answer.content.iter_chunked(CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
