# SPDX-License-Identifier: Apache-2.0
"""The sign-in page: shown for a valid authorization request, answered with a redirect and a code."""

from __future__ import annotations

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from chassis.errors import Unavailable
from flask import Response, make_response, request
from prometheus_client import Counter

from identity.provider import pages
from identity.provider.server import Server
from identity.usecases.accounts import authenticate

COOKIE = "__Host-linli-sign-in"
COOKIE_SECONDS = 1800
SIGN_INS = Counter("linli_identity_sign_ins_total", "Answered sign-in forms.", ["result"])


def authorize(server: Server) -> Response:
    """Answer ``/oauth/authorize``: GET shows the form, POST takes it.

    An invalid request is told on a page of ours and never redirected to an address that is not registered.
    """
    try:
        grant = server.get_consent_grant(end_user=None)
    except OAuth2Error as error:
        return _refused(server, error)
    if request.method == "GET":
        return _form(server, grant)
    return _take(server, grant)


def _take(server: Server, grant: Any) -> Response:
    username, password = request.form.get("username", ""), request.form.get("password", "")
    if not _is_our_form(server):
        SIGN_INS.labels("stale").inc()
        return _form(server, grant, "stale", username)
    if not username.strip() or not password:
        return _form(server, grant, "missing", username)
    try:
        account = authenticate(server.deps, username[:100], password[:200], pages.address())
    except Unavailable:
        SIGN_INS.labels("busy").inc()
        return pages.message(server.deps, "not_possible", "busy", 503)
    if account is None:
        SIGN_INS.labels("refused").inc()
        return _form(server, grant, "wrong", username)
    SIGN_INS.labels("accepted").inc()
    response = server.create_authorization_response(grant_user=account, grant=grant)
    response.status_code = 303  # the browser follows with GET and leaves the password behind
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")
    return pages.hardened(response)


def _form(server: Server, grant: Any, problem: str | None = None, username: str = "") -> Response:
    cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(16)
    page = pages.render(
        server.deps,
        "sign_in.html",
        problem=problem,
        username=username[:100],
        form_token=_form_token(server, cookie),
        action=request.full_path,
        hint=request.args.get("login_hint", "")[:100],
    )
    response = make_response(page, 422 if problem else 200)
    response.set_cookie(COOKIE, cookie, max_age=COOKIE_SECONDS, secure=True, httponly=True, samesite="Lax", path="/")
    # Browsers apply form-action to the redirect that follows the form, too.
    target = urlsplit(grant.redirect_uri)
    return pages.hardened(response, f"{target.scheme}://{target.netloc}")


def _is_our_form(server: Server) -> bool:
    cookie, given = request.cookies.get(COOKIE), request.form.get("form_token", "")
    if not cookie or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return hmac.compare_digest(_form_token(server, cookie), given.encode("ascii", "replace").decode())


def _form_token(server: Server, cookie: str) -> str:
    """Bind the form to this browser and to this very authorization request."""
    return server.deps.sealer.blind(f"{cookie}\0{request.query_string.decode(errors='replace')}", "sign_in.form").hex()


def _refused(server: Server, error: OAuth2Error) -> Response:
    if not error.redirect_uri:
        return pages.message(server.deps, "not_possible", "bad_request", 400)
    response = server.handle_error_response(None, error)
    return pages.hardened(server.with_issuer(response))
