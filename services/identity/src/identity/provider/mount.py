# SPDX-License-Identifier: Apache-2.0
"""Puts the provider (WSGI) beside the API (ASGI) on one port."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import ThreadSensitiveContext
from asgiref.wsgi import WsgiToAsgi
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIXES = ("/oauth/", "/.well-known/openid-configuration")
MAX_BODY = 32 * 1024


class Mounted:
    """Sends the provider's addresses to the provider and everything else to the API."""

    def __init__(self, api: ASGIApp, provider: Callable[..., Iterable[bytes]], issuer: str) -> None:
        self._api = api
        self._provider = WsgiToAsgi(_as_public(provider, issuer))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self._api(scope, receive, send)
            return
        try:
            async with ThreadSensitiveContext():  # a thread of its own: one slow sign-in holds up no other
                await self._provider(scope, _capped(receive), send)
        except _TooLarge:
            await PlainTextResponse("too large", 413)(scope, receive, send)


class _TooLarge(Exception):
    """More than any form of ours; refused while it is read, before anything is done."""


def _capped(receive: Receive) -> Receive:
    read = 0

    async def capped() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY:
            raise _TooLarge
        return message

    return capped


def _as_public(provider: Callable[..., Iterable[bytes]], issuer: str) -> Callable[..., Iterable[bytes]]:
    """Let the provider see the public address whatever name the edge used to reach this process."""
    address = urlsplit(issuer)

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = address.scheme, address.netloc
        return provider(environ, start_response)

    return application
