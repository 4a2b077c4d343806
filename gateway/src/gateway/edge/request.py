# SPDX-License-Identifier: Apache-2.0
"""A browser's or partner's request as the edge reads it: address, language, cookies, and whether it is trusted."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from chassis.errors import LANGUAGES, Invalid, TooLarge
from chassis.language import preferred
from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from gateway.edge import headers as wire
from gateway.edge.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_CAP = 16 * 1024
LANGUAGE_COOKIE = "linli-language"  # set by web's switch
_TRICKS = re.compile(r"//|/\.{1,2}(/|$)|[\x00-\x1f\x7f\\]")
_ENCODED_TRICKS = re.compile(rb"%(2f|5c|00|2e%2e)", re.IGNORECASE)


@dataclass
class Request:
    """What the edge knows about one request."""

    scope: Scope
    receive: Receive
    settings: Settings
    headers: Headers = field(init=False)
    cookies: dict[str, str] = field(init=False)
    request_id: str = field(init=False)
    language: str = field(init=False)

    def __post_init__(self) -> None:
        self.headers = Headers(scope=self.scope)
        self.cookies = wire.cookies(self.scope["headers"])
        self.request_id = uuid.uuid4().hex
        self.language = self._language()

    @property
    def method(self) -> str:
        """Return the method."""
        return self.scope["method"]

    @property
    def path(self) -> str:
        """Return the decoded path."""
        return self.scope["path"]

    @property
    def is_safe(self) -> bool:
        """Whether the method changes nothing."""
        return self.method in SAFE_METHODS

    @property
    def raw_target(self) -> str:
        """Return path and query exactly as they came."""
        raw: bytes = self.scope.get("raw_path") or self.path.encode()
        query: bytes = self.scope.get("query_string", b"")
        return (raw.split(b"?", 1)[0] + (b"?" + query if query else b"")).decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """Return the query's parameters, the first of each name."""
        text = self.scope.get("query_string", b"").decode("latin-1")
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}

    @property
    def bearer(self) -> str | None:
        """Return the partner's token, where one came along."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" and token.strip() else None

    @property
    def client(self) -> str:
        """Return the client's address: the peer's, or what the outermost of our own proxies saw."""
        peer = (self.scope.get("client") or ("local",))[0]
        hops = self.settings.trusted_proxies
        if hops:
            seen = [one.strip() for one in self.headers.get("x-forwarded-for", "").split(",") if one.strip()]
            if len(seen) >= hops:
                return seen[-hops]
        return peer

    @property
    def wants_page(self) -> bool:
        """Whether a person would like to see a page rather than a problem document."""
        return "text/html" in self.headers.get("accept", "")

    def _language(self) -> str:
        """Programs are asked what they accept; people read what they chose on a page, Chinese until they do."""
        chosen = self.cookies.get(LANGUAGE_COOKIE)
        if chosen in LANGUAGES:
            return chosen
        return LANGUAGES[0] if self.wants_page else preferred(self.headers.get("accept-language"))

    @property
    def is_cross_site(self) -> bool:
        """Whether another site made the browser send this; what says nothing (no browser) is not."""
        site = self.headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        origin = self.headers.get("origin")
        return origin is not None and origin != self.settings.issuer

    @property
    def is_cross_site_embedding(self) -> bool:
        """Whether another site loads this into itself, as opposed to linking to it."""
        if not self.is_cross_site:
            return False
        navigates = self.headers.get("sec-fetch-mode") == "navigate"
        return not navigates or self.headers.get("sec-fetch-dest") in ("object", "embed", "iframe", "frame")

    @property
    def came_from(self) -> str:
        """Return the page of ours whose form this is, to go back to; empty where it is no form or not known."""
        referer = self.headers.get("referer", "")
        is_ours = referer.startswith(self.settings.issuer + "/")
        return "" if self.is_safe or not is_ours else own_path(referer.removeprefix(self.settings.issuer))

    def check_path(self) -> None:
        """Refuse addresses that two readers would read differently. Raises Invalid."""
        raw: bytes = self.scope.get("raw_path") or b""
        if _TRICKS.search(self.path) or _ENCODED_TRICKS.search(raw):
            raise Invalid("address_not_plain", zh="网址中有不允许的字符。", en="The address is not a plain one.")

    async def body(self, cap: int) -> bytes:
        """Read the whole body. Raises TooLarge, before reading where the length is announced."""
        announced = self.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > cap:
            raise self._too_large(cap)
        parts, size, more = [], 0, True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ConnectionAbortedError
            part = message.get("body", b"")
            size += len(part)
            if size > cap:
                raise self._too_large(cap)
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)

    def _too_large(self, cap: int) -> TooLarge:
        """Say the limit, and to who sent a file how to keep to it."""
        zh, en = (
            f"一次最多收 {cap // 1024} KB，什么也没有改动。",
            f"At most {cap // 1024} KB at a time; nothing was changed.",
        )
        if self.headers.get("content-type", "").startswith("multipart/form-data"):
            zh += "表单里写着文件最大多少：照片请先在相册里缩小，或把相机的清晰度调低；表格请分几次传。"
            en += (
                " The form says how large a file may be: make a photo smaller first, or take it at a lower"
                " resolution; send a long sheet in parts."
            )
        return TooLarge(zh=zh, en=en, limit_bytes=cap)

    async def form(self) -> dict[str, str]:
        """Read a small form, the first of each name."""
        text = (await self.body(FORM_CAP)).decode("utf-8", "replace")
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def own_path(path: str | None) -> str:
    """Return a path on this site to go on to, or the home page: nobody is sent elsewhere by a link."""
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    is_plain = all(" " < one < "\x7f" or one > "\xa0" for one in path) and "\\" not in path
    return path if is_plain and len(path) <= 1000 else "/"
