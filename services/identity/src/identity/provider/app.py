# SPDX-License-Identifier: Apache-2.0
"""The Flask application of the provider: every address under /oauth and the discovery document."""

from __future__ import annotations

import logging
from typing import Any

from authlib.oauth2 import OAuth2Error
from chassis.errors import Unavailable
from flask import Flask, Response, json, make_response, request
from werkzeug.exceptions import HTTPException

from identity.bootstrap import Deps
from identity.domain.offices import ALL_PERMISSIONS
from identity.provider import accounting, pages, sign_in
from identity.provider.mount import MAX_BODY
from identity.provider.server import Server
from identity.usecases.keys import key_set

JWKS_SECONDS = 60
_log = logging.getLogger(__name__)


def create_provider(deps: Deps) -> Flask:
    """Build the provider. ``deps.settings.issuer`` is the public address everything is told under."""
    app = Flask("identity.provider", static_url_path="/oauth/static")
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY, MAX_FORM_PARTS=50)
    server = Server(app, deps)
    app.add_url_rule("/oauth/authorize", "authorize", lambda: sign_in.authorize(server), methods=["GET", "POST"])
    app.add_url_rule("/oauth/token", "token", lambda: _token(server), methods=["POST"])
    app.add_url_rule("/oauth/revoke", "revoke", lambda: _revoke(server), methods=["POST"])
    app.add_url_rule("/oauth/sign-out", "sign_out", lambda: _sign_out(server), methods=["GET", "POST"])
    app.add_url_rule("/oauth/jwks", "jwks", lambda: _document(key_set(deps)))
    app.add_url_rule(
        "/.well-known/openid-configuration", "discovery", lambda: _document(discovery(deps.settings.issuer))
    )
    accounting.install(app)
    app.before_request(_no_nul)
    app.register_error_handler(Exception, lambda error: _failed(deps, error))
    return app


def discovery(issuer: str) -> dict[str, Any]:
    """What a client may rely on (OpenID Connect Discovery, RFC 8414)."""
    methods = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "end_session_endpoint": f"{issuer}/oauth/sign-out",
        "scopes_supported": ["openid", *sorted(ALL_PERMISSIONS)],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["Ed25519"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid"],
        "ui_locales_supported": ["zh-Hans", "en"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
    }


def _token(server: Server) -> Response:
    response = server.create_token_response()
    response.headers["Cache-Control"] = "no-store"
    return response


def _revoke(server: Server) -> Response:
    return server.create_endpoint_response("revocation")


def _sign_out(server: Server) -> Response:
    try:
        asked = server.validate_endpoint_request("end_session")
    except OAuth2Error:
        return pages.message(server.deps, "nothing_to_end", "nothing_to_end_detail", 400)
    if asked.needs_confirmation:  # nobody is named, so there is nothing to end
        return pages.message(server.deps, "nothing_to_end", "nothing_to_end_detail", 400)
    response = server.create_endpoint_response("end_session", asked)
    if response is None:
        return pages.message(server.deps, "signed_out", "signed_out_detail", 200)
    return pages.hardened(response)


def _document(content: dict[str, Any]) -> Response:
    response = make_response(json.dumps(content), 200)
    response.content_type = "application/json"
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    return response


def _no_nul() -> Response | None:
    """PostgreSQL stores no NUL; a parameter with one is nobody's honest request."""
    if any("\0" in value for values in (request.args, request.form) for value in values.values()):
        return _protocol_error(400, "invalid_request")
    return None


def _failed(deps: Deps, error: Exception) -> Response:
    """Tell a person in words, a program in the protocol's codes; never what broke."""
    if isinstance(error, HTTPException):
        status = error.code or 500
    elif isinstance(error, Unavailable):
        status = 503
    elif isinstance(error, ValueError) and request.path in ("/oauth/authorize", "/oauth/token", "/oauth/revoke"):
        status = 400  # Authlib quotes parameters in its descriptions and refuses characters RFC 6749 does not allow
    else:
        _log.exception("the provider failed")
        status = 500
    if request.path in ("/oauth/token", "/oauth/revoke"):
        return _protocol_error(status, "invalid_request" if status < 500 else "server_error")
    detail = {404: "not_found", 503: "busy"}.get(status, "bad_request" if status < 500 else "failed")
    return pages.message(deps, "not_possible", detail, status)


def _protocol_error(status: int, code: str) -> Response:
    response = make_response(json.dumps({"error": code}), status)
    response.content_type = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response
