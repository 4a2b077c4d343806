# SPDX-License-Identifier: Apache-2.0
"""Signs access tokens as identity does, with a key made for the test run."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from chassis.db import uuid7

ISSUER = "http://localhost:8080"
WUFUQIAO, SHUANGGUILU = "510104030006", "510104030009"


class TokenFactory:
    """Signs tokens; ``jwks`` is what a Verifier under test trusts."""

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self._key = OKPKey.generate_key("Ed25519", {"kid": "test-key", "use": "sig", "alg": "Ed25519"}, private=True)

    @property
    def jwks(self) -> dict[str, Any]:
        """The public key set."""
        return {"keys": [self._key.as_dict(private=False)]}

    def sign(
        self,
        service: str,
        *permissions: str,
        division: str = WUFUQIAO,
        subject: str | None = None,
        office: str | None = None,
        lifetime_seconds: int = 600,
        **claims: Any,
    ) -> str:
        """Return a token for one service with exactly these permissions; ``claims`` override any claim."""
        now = int(time.time())
        payload = {
            "iss": self.issuer,
            "aud": f"urn:linli:{service}",
            "sub": subject or str(uuid7()),
            "client_id": "edge",
            "iat": now,
            "exp": now + lifetime_seconds,
            "jti": str(uuid7()),
            "scope": " ".join(permissions),
            "division": division,
            "offices": [{"office": office, "place": division, "until": None}] if office else [],
        } | claims
        if office:
            payload.setdefault("office", office)
        header = {"alg": "Ed25519", "kid": "test-key", "typ": "at+jwt"}
        return jwt.encode(header, payload, self._key, algorithms=["Ed25519"])

    def headers(self, service: str, *permissions: str, **claims: Any) -> dict[str, str]:
        """Return an Authorization header."""
        return {"Authorization": f"Bearer {self.sign(service, *permissions, **claims)}"}
