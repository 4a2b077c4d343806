# SPDX-License-Identifier: Apache-2.0
"""Authlib's authorization server over our tables."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.rpinitiated import EndSessionEndpoint

from identity.provider import grants
from identity.provider.clients import Client
from identity.store import provider as store
from identity.usecases.accounts import SIGN_IN
from identity.usecases.keys import jwks

if TYPE_CHECKING:
    from flask import Flask

    from identity.bootstrap import Deps


class Server(AuthorizationServer):
    """Knows clients, accounts and running sign-ins through the service's own database."""

    def __init__(self, app: Flask, deps: Deps) -> None:
        super().__init__(app)
        self.deps = deps
        self.register_grant(grants.AuthorizationCode, [grants.RequiredS256(), grants.IdToken(deps)])
        self.register_grant(grants.Refresh)
        self.register_grant(grants.ClientCredentials)
        self.register_endpoint(Revocation(self))
        self.register_endpoint(EndSession(self))
        self._issuer_parameter = Issuer(deps)
        self.register_hook("after_create_authorization_response", self._issuer_parameter.add_issuer_parameter)

    def with_issuer(self, response: Any) -> Any:
        """Add the issuer to an error that is redirected before the form is shown."""
        self._issuer_parameter.add_issuer_parameter(self, response)
        return response

    def query_client(self, client_id: str) -> Client | None:
        """Fetch a client that is not closed."""
        with self.deps.database.read(SIGN_IN) as connection:
            row = store.find_client(connection, client_id)
        return Client(row) if row else None

    def account(self, account_id: Any) -> Any | None:
        """Fetch an account that may sign in."""
        return grants.account_by_id(self.deps, account_id)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Store the refresh token of a new sign-in; access tokens are nowhere stored."""
        if "refresh_token" not in token:
            return
        code = request.authorization_code.row
        hours = timedelta(hours=self.deps.settings.refresh_hours)
        values = {
            "session_id": code.session_id,
            "client_id": code.client_id,
            "account_id": code.account_id,
            "scope": code.scope,
            "signed_in_at": code.signed_in_at,
            "expires_at": code.signed_in_at + hours,
        }
        with self.deps.database.unit_of_work(SIGN_IN) as work:
            store.insert_refresh_token(work.connection, token["refresh_token"], values)
            work.commit()

    def end(self, session_id: Any) -> None:
        """End one sign-in: its refresh tokens are dead from now on."""
        with self.deps.database.unit_of_work(SIGN_IN) as work:
            store.revoke_session(work.connection, session_id, self.deps.wall.now())
            work.commit()


class Issuer(IssuerParameter):
    """Says in the answer who gave it (RFC 9207)."""

    def __init__(self, deps: Deps) -> None:
        self._issuer = deps.settings.issuer

    def get_issuer(self) -> str:
        """The public address."""
        return self._issuer


class Revocation(RevocationEndpoint):
    """Ends a sign-in by its refresh token (RFC 7009). Access tokens end by themselves within ten minutes."""

    CLIENT_AUTH_METHODS = grants.METHODS
    server: Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> grants.RunningSignIn | None:
        """Fetch the refresh token, whatever the hint."""
        with self.server.deps.database.read(SIGN_IN) as connection:
            row = store.find_refresh_token(connection, token_string)
        return grants.RunningSignIn(row) if row else None

    def revoke_token(self, token: grants.RunningSignIn, request: Any) -> None:
        """Revoke the whole sign-in."""
        self.server.end(token.row.session_id)


class EndSession(EndSessionEndpoint):
    """Ends the sign-in named by an ID token, and leads back to a registered address."""

    server: Server

    def get_server_jwks(self) -> dict[str, Any]:
        """Our public keys."""
        return jwks(self.server.deps)

    def get_algorithms(self) -> list[str]:
        """One algorithm, whatever a token's header claims."""
        return ["Ed25519"]

    def end_session(self, end_session_request: Any) -> None:
        """Revoke the refresh tokens of that sign-in."""
        claims = end_session_request.id_token_claims or {}
        if claims.get("iss") == self.server.deps.settings.issuer and "sid" in claims:
            self.server.end(UUID(claims["sid"]))
