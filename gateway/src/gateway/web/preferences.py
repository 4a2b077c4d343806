# SPDX-License-Identifier: Apache-2.0
"""What a browser remembers for its reader: the language and the large-type view. Two cookies, no identity in them."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.datastructures import Headers

from gateway.web import languages

VIEW_COOKIE = "linli-view"
YEAR_SECONDS = 365 * 24 * 3600

pages = Blueprint("preferences", __name__)


def is_elder() -> bool:
    """Tell whether the reader asked for the large-type view."""
    return request.cookies.get(VIEW_COOKIE) == "elder"


def own_path(text: str | None) -> str:
    """Return a path of this site and nothing else: what a link may ask to come back to."""
    path = text or "/"
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() else "/"


@pages.get("/preferences")
def choose() -> Response:
    """Remember a choice and go back to the page. A link, not a form: it changes only what this browser shows."""
    answer = redirect(own_path(request.args.get("next")), code=303)
    language, view = request.args.get("language"), request.args.get("view")
    if language in languages.LOCALES:
        _remember(answer, languages.COOKIE, language)
    if view in ("elder", "normal"):
        _remember(answer, VIEW_COOKIE, view)
    _never_store(answer.headers)
    return answer


def _remember(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)


def _never_store(headers: Headers) -> None:
    headers["Cache-Control"] = "no-store"
