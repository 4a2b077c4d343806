# SPDX-License-Identifier: Apache-2.0
"""The edge's own refusals: a problem document for programs, a plain page for people, without help of web."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from chassis.errors import AppError
from chassis.reply import PROBLEM, encode, problem
from starlette.responses import Response

from gateway.edge.request import Request

_STYLE = (
    "body{margin:0;background:#faf7f0;color:#2b2a27;font:18px/1.6 system-ui,'Noto Sans SC',sans-serif}"
    "main{max-width:34em;margin:0 auto;padding:3em 1.2em}h1{font-size:1.5em;margin:0 0 .6em}"
    "a{display:inline-block;min-height:44px;line-height:44px;padding:0 1em;background:#1f5c45;color:#fff;"
    "border-radius:8px;text-decoration:none;margin-right:.6em}small{color:#6b675e}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_WORDS = {
    "zh": {
        "lang": "zh-Hans",
        "home": "返回首页",
        "again": "重新登录",
        "back": "回到刚才那一页",
        "number": "请求编号",
    },
    "en": {
        "lang": "en",
        "home": "Back to the start",
        "again": "Sign in again",
        "back": "Back to the page before",
        "number": "Request",
    },
}
SIGN_IN_AGAIN = frozenset({"sign_in_failed", "sign_in_expired", "unauthenticated", "wrong_csrf"})


def render(error: AppError, request: Request, as_page: bool) -> Response:
    """Return the refusal in the caller's language."""
    headers = {"cache-control": "no-store", "content-language": request.language, **error.headers}
    if not as_page:
        document = problem(error, request.language) | {"request_id": request.request_id}
        return Response(encode(document), error.status, headers, PROBLEM)
    headers["content-security-policy"] = PAGE_POLICY
    return Response(_page(error, request), error.status, headers, "text/html; charset=utf-8")


def _page(error: AppError, request: Request) -> str:
    words, title = _WORDS[request.language], escape(error.title[request.language])
    again = f'<a href="/sign-in">{words["again"]}</a>' if error.code in SIGN_IN_AGAIN else ""
    back = f'<a href="{escape(request.came_from)}">{words["back"]}</a>' if request.came_from else ""
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        f'<p>{escape(error.detail(request.language))}</p><p>{again}{back}<a href="/">{words["home"]}</a></p>'
        f"<p><small>{words['number']} {request.request_id}</small></p></main></body></html>"
    )
