# SPDX-License-Identifier: Apache-2.0
"""The three grants. Authlib keeps the protocol's order; what is stored and what a token says is decided here."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from chassis.db import uuid7

from identity.provider import tokens
from identity.provider.clients import OPENID
from identity.store import accounts
from identity.store import provider as store
from identity.usecases.accounts import SIGN_IN

if TYPE_CHECKING:
    from identity.bootstrap import Deps
    from identity.provider.server import Server

CODE_LIFETIME = timedelta(seconds=60)
ID_TOKEN_SECONDS = 600
METHODS = ["client_secret_basic", "client_secret_post"]


class Code:
    """A used-up authorization code as Authlib and its extensions read it."""

    code_challenge_method = "S256"

    def __init__(self, row: Any) -> None:
        self.row = row
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        """The address the code was sent to."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """openid, or nothing."""
        return self.row.scope

    def get_nonce(self) -> str | None:
        """The nonce of the authorization request."""
        return self.row.nonce

    def get_auth_time(self) -> int:
        """When the password was given."""
        return int(self.row.signed_in_at.timestamp())

    def get_acr(self) -> None:
        """No assurance level is claimed."""

    def get_amr(self) -> list[str]:
        """By password (RFC 8176)."""
        return ["pwd"]


class AuthorizationCode(grants.AuthorizationCodeGrant):
    """Sign-in by redirect. PKCE with S256 and a redirect address are required of every client."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    server: Server

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Any) -> str:
        """Match the redirect address exactly; never repeat a wrong one."""
        if not client.check_redirect_uri(request.payload.redirect_uri or ""):
            raise InvalidRequestError("The redirect address is not registered for this client.")
        return request.payload.redirect_uri

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Store the code as a hash, bound to everything it was asked with."""
        deps, data = self.server.deps, request.payload.data
        now = deps.wall.now()
        values = {
            "session_id": uuid7(),
            "client_id": request.client.client_id,
            "account_id": request.user.account_id,
            "redirect_uri": request.payload.redirect_uri,
            "scope": request.scope,
            "resource": data.get("resource"),
            "office": data.get("office"),
            "nonce": data.get("nonce"),
            "code_challenge": data["code_challenge"],
            "signed_in_at": now,
            "expires_at": now + CODE_LIFETIME,
        }
        with deps.database.unit_of_work(SIGN_IN) as work:
            store.insert_code(work.connection, code, values)
            work.commit()

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        """Use the code up. One that was used before ends the sign-in it started (RFC 9700, section 4.5)."""
        deps = self.server.deps
        with deps.database.unit_of_work(SIGN_IN) as work:
            row = store.use_code(work.connection, code, client.client_id, deps.wall.now())
            if row is None and (replayed := store.used_session(work.connection, code, client.client_id)):
                store.revoke_session(work.connection, replayed, deps.wall.now())
            work.commit()
        return Code(row) if row else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing left to do: it was used up when it was looked at, and is kept to recognise a replay."""

    def authenticate_user(self, authorization_code: Code) -> Any | None:
        """Fetch the account that signed in, unless it was closed meanwhile."""
        return self.server.account(authorization_code.row.account_id)

    def generate_token(self, user: Any = None, scope: str | None = None, **_: Any) -> dict[str, Any]:
        """Make the access token and the refresh token of this sign-in."""
        row, form = self.request.authorization_code.row, self.request.form
        resources = form.getlist("resource") or ([row.resource] if row.resource else [])
        service = tokens.service_of(resources)
        minted = tokens.for_person(self.server.deps, self.client, user, service, form.get("office") or row.office)
        return _answer(minted, scope) | {"refresh_token": secrets.token_urlsafe(48)}


class Refresh(grants.RefreshTokenGrant):
    """Another access token for a running sign-in: another service, another office.

    The refresh token stays the same until its fixed end: it is bound to a confidential client (RFC 9700, section
    4.14.2), and the edge asks for four services at once.
    """

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    server: Server

    def authenticate_refresh_token(self, refresh_token: str) -> RunningSignIn | None:
        """Fetch a refresh token that is neither revoked nor past its end."""
        deps = self.server.deps
        with deps.database.read(SIGN_IN) as connection:
            row = store.find_refresh_token(connection, refresh_token)
        alive = row is not None and row.revoked_at is None and row.expires_at > deps.wall.now()
        return RunningSignIn(row) if alive else None

    def authenticate_user(self, refresh_token: RunningSignIn) -> Any:
        """Fetch the account, unless it was closed meanwhile."""
        account = self.server.account(refresh_token.row.account_id)
        if account is None:
            raise InvalidGrantError()
        return account

    def revoke_old_credential(self, refresh_token: RunningSignIn) -> None:
        """Keep it; see the class."""

    def generate_token(self, user: Any = None, scope: str | None = None, **_: Any) -> dict[str, Any]:
        """Make an access token for the resource and the office asked for."""
        form = self.request.form
        service = tokens.service_of(form.getlist("resource"))
        return _answer(tokens.for_person(self.server.deps, self.client, user, service, form.get("office")), None)


class ClientCredentials(grants.ClientCredentialsGrant):
    """A partner acts for itself, with exactly the permissions registered."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    server: Server

    def generate_token(self, scope: str | None = None, **_: Any) -> dict[str, Any]:
        """Make an access token; there is no refresh token."""
        resources = self.request.form.getlist("resource")
        return _answer(tokens.for_program(self.server.deps, self.client, resources, scope), None)


class RunningSignIn:
    """A refresh token as Authlib reads it."""

    def __init__(self, row: Any) -> None:
        self.row = row

    def check_client(self, client: Any) -> bool:
        """A token belongs to the client it was given to."""
        return self.row.client_id == client.client_id

    def get_scope(self) -> str:
        """What the sign-in was asked with."""
        return self.row.scope


class RequiredS256(CodeChallenge):
    """PKCE for every client, confidential ones too (RFC 9700, section 2.1.1); plain is not spoken."""

    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Demand a challenge and its method before anybody is asked for a password."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge with code_challenge_method=S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):
    """The ID token: who signed in and when, for the edge alone. No name, no number."""

    def __init__(self, deps: Deps) -> None:
        super().__init__(require_nonce=False)
        self._deps = deps

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        """Replay is the code's matter: it is used once and lives a minute."""
        return False

    def generate_user_info(self, user: Any, scope: str) -> UserInfo:
        """The subject alone."""
        return UserInfo(sub=str(user.person_id))

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        """Sign it with the key of the moment."""
        deps, code = self._deps, request.authorization_code
        now = int(deps.wall.now().timestamp())
        claims = {
            "iss": deps.settings.issuer,
            "aud": request.client.client_id,
            "sub": str(request.user.person_id),
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "sid": str(code.row.session_id),
            **self.get_authorization_code_claims(code),
        }
        return tokens.sign(deps, claims, "JWT")


def _answer(minted: tokens.Minted, scope: str | None) -> dict[str, Any]:
    openid = [OPENID] if scope else []
    return {
        "token_type": "Bearer",
        "access_token": minted.token,
        "expires_in": tokens.LIFETIME_SECONDS,
        "scope": " ".join([*openid, *minted.scope.split()]),
    }


def account_by_id(deps: Deps, account_id: Any) -> Any | None:
    """Fetch an account that may sign in."""
    with deps.database.read(SIGN_IN) as connection:
        account = accounts.by_id(connection, account_id)
    return account if account is not None and account.state == "active" else None
