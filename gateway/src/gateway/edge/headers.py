# SPDX-License-Identifier: Apache-2.0
"""What passes in which direction. A client's word about who it is never passes; browsers never see a token."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

SESSION_COOKIE = "__Host-linli"
SIGN_IN_COOKIE = "__Host-linli-return"  # identity has a cookie of its own for its page
OWN_COOKIES = frozenset({SESSION_COOKIE, SIGN_IN_COOKIE})
UNREAD_COOKIE = "linli-unread"  # the pages set it: whether a visitor has something unread
REQUEST_ID = "linli-request-id"
HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
# Said by the edge itself or by nobody: address, length, identity, and ways to say another method or path.
NEVER_IN = HOP_BY_HOP | {
    "host", "content-length", "expect", "cookie", "authorization", "forwarded", "via", "x-real-ip",
    "x-client-ip", "true-client-ip", "cf-connecting-ip", "x-original-url", "x-original-host", "x-rewrite-url",
    "x-http-method", "x-http-method-override", "x-method-override", "x-csrf-token",
}  # fmt: skip
FORGED_PREFIXES = ("linli-", "x-forwarded-", "x-user-", "x-linli-", "x-remote-")
NEVER_OUT = HOP_BY_HOP | {"server", "date", "x-powered-by"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
PROTECTION = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def scrubbed(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Return the client's headers that may pass on. Names with ``_`` go: WSGI reads them as if with ``-``."""
    kept = []
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        if name in NEVER_IN or "_" in name or name.startswith(FORGED_PREFIXES):
            continue
        kept.append((name, raw_value.decode("latin-1")))
    return kept


def cookies(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Read the request's cookies; what cannot be read is not there."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, separator, text = part.strip().partition("=")
                if separator and key not in found:
                    found[key] = text
    return found


def cookie_header(received: dict[str, str]) -> str:
    """Write the cookies that are not the edge's own, for an upstream that has cookies itself."""
    return "; ".join(f"{name}={value}" for name, value in received.items() if name not in OWN_COOKIES)


def passed_back(headers: Iterable[tuple[str, str]], keep_cookies: bool) -> list[tuple[bytes, bytes]]:
    """Return an upstream's headers that may reach the browser."""
    kept = []
    for name, value in headers:
        lower = name.lower()
        if lower in NEVER_OUT or lower.startswith("linli-"):
            continue
        if lower == "set-cookie" and not (keep_cookies and _may_set(value)):
            continue
        kept.append((lower.encode("latin-1"), value.encode("utf-8", "surrogateescape")))
    return kept


def protected(headers: list[tuple[bytes, bytes]], request_id: str, only_https: bool) -> list[tuple[bytes, bytes]]:
    """Add the request id and what an upstream has not said itself about its own protection."""
    present = {name for name, _ in headers}
    added = {REQUEST_ID: request_id, **PROTECTION}
    if only_https:
        added["strict-transport-security"] = "max-age=31536000"
    extra = [(name.encode(), value.encode()) for name, value in added.items() if name.encode() not in present]
    return [*headers, *extra]


def set_cookie(name: str, value: str, max_age: int | None = None) -> str:
    """Write a cookie that scripts cannot read, that no other host can set, and that no other site's form sends."""
    age = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}"


def _may_set(value: str) -> bool:
    """Whether an upstream may set this cookie: any but the edge's own."""
    try:
        return not OWN_COOKIES & set(SimpleCookie(value))
    except CookieError:
        return False
