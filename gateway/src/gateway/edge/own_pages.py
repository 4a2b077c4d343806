# SPDX-License-Identifier: Apache-2.0
"""The edge's own few addresses: signing in, coming back from it, signing out, acting in another office."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from chassis.errors import Forbidden, Invalid, Unauthenticated
from starlette.responses import RedirectResponse, Response

from gateway.edge import headers as wire
from gateway.edge.provider import SessionEnded, SignIn, SignInRefused
from gateway.edge.request import Request, own_path
from gateway.edge.sessions import SIGN_IN_LASTS, Session, new_id

if TYPE_CHECKING:
    from gateway.edge.app import Edge

_BROWSER_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_OFFICE = re.compile(r"[a-z_]{1,40}")
_PLACE = re.compile(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?")
Page = Callable[["Edge", Request], Awaitable[Response]]


async def sign_in(edge: Edge, request: Request) -> Response:
    """Send the browser to the provider, remembering what for. GET only; ``next`` is where to go afterwards."""
    if request.headers.get("host") != edge.settings.public_host:
        # The cookie of a sign-in belongs to the public address; on another name it would never come back.
        return _go(f"{edge.settings.issuer}/sign-in?{request.scope['query_string'].decode('latin-1')}")
    going = SignIn.new()
    browser = request.cookies.get(wire.SIGN_IN_COOKIE, "")
    if not _BROWSER_ID.fullmatch(browser):  # kept across tabs, so that two sign-ins at once both come back
        browser = new_id()
    remembered = {
        "nonce": going.nonce,
        "verifier": going.verifier,
        "next": own_path(request.query.get("next")),
    }
    address = await edge.provider.authorize_url(going, request.language)
    await edge.sessions.start_sign_in(going.state, browser, remembered)
    answer = _go(address)
    lasts = int(SIGN_IN_LASTS.total_seconds())
    answer.headers.append("set-cookie", wire.set_cookie(wire.SIGN_IN_COOKIE, browser, lasts))
    return answer


async def callback(edge: Edge, request: Request) -> Response:
    """Finish a sign-in: the code becomes a session under a fresh id."""
    query, browser = request.query, request.cookies.get(wire.SIGN_IN_COOKIE, "")
    state = query.get("state", "")
    remembered = await edge.sessions.take_sign_in(state, browser) if state and browser else None
    if remembered is None:
        raise SignInRefused(
            "sign_in_expired",
            zh="这次登录已过期或已用过，请重新登录。",
            en="This sign-in has expired or was already used. Please sign in again.",
        )
    if query.get("iss", edge.settings.issuer) != edge.settings.issuer or "code" not in query:
        raise SignInRefused(zh="登录没有完成，请重新登录。", en="The sign-in was not completed. Please try again.")
    going = SignIn(state, remembered["nonce"], remembered["verifier"])
    subject, refresh_token, id_token = await edge.provider.exchange(query["code"], going)
    before = await edge.session_of(request)
    if before is not None:
        await edge.sessions.end(before)
    cookie, _ = await edge.sessions.create(subject, refresh_token, id_token)
    answer = _go(own_path(remembered["next"]))
    answer.headers.append("set-cookie", wire.set_cookie(wire.SESSION_COOKIE, cookie))
    answer.headers.append("set-cookie", wire.set_cookie(wire.SIGN_IN_COOKIE, "", 0))
    return answer


async def sign_out(edge: Edge, request: Request) -> Response:
    """End the session here and at the provider. Without a session there is nothing to do, and it says so kindly."""
    session = await edge.session_of(request)
    if session is not None:
        await _checked_form(request, session)
        await edge.sessions.end(session)
        edge.tokens.forget(session)
        await edge.provider.end_session(session.id_token, session.refresh_token)
    answer = _go("/")
    for cookie in (wire.SESSION_COOKIE, wire.UNREAD_COOKIE):  # the next at this browser inherits nothing
        answer.headers.append("set-cookie", wire.set_cookie(cookie, "", 0))
    answer.headers["clear-site-data"] = '"cache"'
    return answer


async def switch_office(edge: Edge, request: Request) -> Response:
    """Act in another office from now on; an empty ``office`` means as a resident."""
    session = await edge.session_of(request)
    if session is None:
        raise Unauthenticated()
    form = await _checked_form(request, session)
    office, place = form.get("office", ""), form.get("place", "")
    if office and not (_OFFICE.fullmatch(office) and (not place or _PLACE.fullmatch(place))):
        raise Invalid()
    wanted = (f"{office}@{place}" if place else office) if office else "resident"
    try:
        await edge.tokens.switch(session, wanted)
    except SessionEnded:
        raise Unauthenticated() from None
    return _go(own_path(form.get("next")))


PAGES: dict[str, tuple[str, str, Page]] = {
    "/sign-in": ("GET", "sign_in", sign_in),
    "/sign-in/callback": ("GET", "sign_in", callback),
    "/sign-out": ("POST", "switch_office", sign_out),
    "/switch-office": ("POST", "switch_office", switch_office),
}


async def _checked_form(request: Request, session: Session) -> dict[str, str]:
    form = await request.form()
    if not hmac.compare_digest(form.get("csrf", "").encode(), session.csrf.encode()):
        raise wrong_csrf()
    return form


def wrong_csrf() -> Forbidden:
    """Return the refusal of a form or script that was not made for this session."""
    return Forbidden(
        "wrong_csrf",
        zh="页面已过期，什么也没有改动。请刷新后再试。",
        en="This page has expired and nothing was changed. Please reload it and try again.",
    )


def _go(address: str) -> Response:
    return RedirectResponse(address, 303, {"cache-control": "no-store"})
