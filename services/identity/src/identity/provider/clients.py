# SPDX-License-Identifier: Apache-2.0
"""A registered client as Authlib asks about it."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin

from identity.store.provider import digest

GRANTS = {"edge": {"authorization_code", "refresh_token"}, "partner": {"client_credentials"}}
OPENID = "openid"


class Client(ClientMixin):
    """One row of ``clients``. Every client is confidential; redirect addresses match exactly or not at all."""

    def __init__(self, row: Any) -> None:
        self.client_id: str = row.client_id
        self.kind: str = row.kind
        self.division: str = row.division_code
        self.scopes: frozenset[str] = frozenset(row.scopes)
        self.redirect_uris: Sequence[str] = row.redirect_uris
        self.client_metadata = {"post_logout_redirect_uris": row.post_logout_redirect_uris}
        self._secret_hash = bytes(row.secret_hash)

    def get_client_id(self) -> str:
        """The public id."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """There is none: a request names its redirect address."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """What an authorization request may ask for: to know who it is. Permissions come from offices."""
        return OPENID if OPENID in (scope or "").split() else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare exactly (RFC 9700, section 4.1.3)."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self._secret_hash, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """The secret in the header or in the body; never no secret."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Codes only, for the edge only."""
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        """By the kind of client."""
        return grant_type in GRANTS[self.kind]
