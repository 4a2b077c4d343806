# SPDX-License-Identifier: Apache-2.0
"""How the provider's pages are made: language, who is responsible, headers. No script, no inline style."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chassis.errors import AppError
from flask import Response, make_response, render_template, request

from identity.provider import wording
from identity.usecases.divisions import DISTRICT, get_division

if TYPE_CHECKING:
    from identity.bootstrap import Deps

ADDRESS_HEADER = "Linli-Client-Address"  # set by the edge, which drops what a client sends under this name


def render(deps: Deps, template: str, **values: Any) -> str:
    """Render a page in the caller's language."""
    language = _language()
    other = "en" if language == "zh" else "zh"
    switched = request.args.to_dict() | {"ui_locales": other}
    return render_template(
        template,
        words=wording.WORDS[language],
        other={"lang": wording.WORDS[other]["lang"], "address": f"{request.path}?{urlencode(switched)}"},
        home=deps.settings.issuer + "/",
        contact=_contact(deps),
        **values,
    )


def message(deps: Deps, title: str, detail: str, status: int) -> Response:
    """A page that only says something."""
    words = wording.WORDS[_language()]
    page = render(deps, "message.html", title=words[title], detail=words[detail])
    return hardened(make_response(page, status))


def hardened(response: Response, form_target: str = "") -> Response:
    """Set the headers of every answer that a browser shows."""
    form_action = f"'self' {form_target}".strip()
    policy = f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {form_action}"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def address() -> str:
    """The caller's network address, for the back-off; the edge's own where it does not say."""
    return request.headers.get(ADDRESS_HEADER) or request.remote_addr or "unknown"


def _language() -> str:
    return wording.choose(request.args.get("ui_locales"), request.headers.get("Accept-Language"))


def _contact(deps: Deps) -> dict[str, str] | None:
    try:
        return get_division(deps, DISTRICT.code)["contact"]
    except AppError:  # before the import, or with the database away: the page still tells the rest
        return None
