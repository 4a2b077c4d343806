# SPDX-License-Identifier: Apache-2.0
"""Who is asking: the actor a verified access token describes. Keys are fetched here, permissions kept elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from chassis.errors import Forbidden, Unauthenticated, Unavailable
from chassis.keys import KeyRing

ALGORITHM = "Ed25519"
CACHED_TOKENS = 5_000
LEEWAY_SECONDS = 30
_DIVISION = re.compile(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?")


@dataclass(frozen=True)
class Office:
    """An office somebody holds at a place, until its term ends (None: open)."""

    office: str
    place: str
    until: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, in which division, with which permissions. No personal data: the subject is an id."""

    subject: str
    division: str
    permissions: frozenset[str]
    office: str | None = None
    offices: tuple[Office, ...] = ()
    client: str = ""

    def require(self, permission: str) -> None:
        """Refuse unless the actor holds the permission. The contract's ``security`` checks it at the door too."""
        if permission not in self.permissions:
            raise Forbidden("permission_missing", permission=permission)

    @classmethod
    def system(cls, division: str, name: str, permissions: Iterable[str] = ()) -> Actor:
        """Return the actor of a reaction or a schedule; it holds only what it is given."""
        return cls(f"system:{name}", division, frozenset(permissions), client="system")


class UnknownKey(Unauthenticated):
    """Signed with a key not seen yet: worth one refresh of the key set, then a refusal."""


class Verifier:
    """Verifies access tokens (RFC 9068, Ed25519) of one issuer for one audience, and remembers them until ``exp``.

    ``verify`` does no IO, so it may run on the event loop; keys come from a KeyRing that a thread
    refreshes. Pass ``keys`` (a callable returning a JWKS) instead of an address where the keys are at hand:
    identity's own, or a test's. Expiry follows the system's clock, never the domain clock.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        jwks_url: str | None = None,
        *,
        keys: Callable[[], Mapping[str, Any]] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.ring = KeyRing(jwks_url, keys)
        self._now = now
        self._known: dict[str, tuple[Actor, float]] = {}
        self._known_with: KeySet | None = None

    @property
    def ready(self) -> bool:
        """Whether keys have been loaded at least once."""
        return self.ring.current is not None

    def verify(self, token: str) -> Actor:
        """Return the actor of a valid token. Raises Unauthenticated, UnknownKey, or Unavailable without keys."""
        keys = self.ring.current
        if keys is None:
            raise Unavailable("keys_not_loaded", headers={"Retry-After": "2"})
        if keys is not self._known_with:  # a withdrawn key takes its remembered tokens along
            self._known, self._known_with = {}, keys
        known = self._known.get(token)
        if known is not None and self._now() < known[1]:
            return known[0]
        actor, expires = self._check(token, keys)
        self._remember(token, actor, expires)
        return actor

    def _check(self, token: str, keys: KeySet) -> tuple[Actor, float]:
        try:
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        except InvalidKeyIdError:
            raise UnknownKey("token_invalid") from None
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unauthenticated("token_invalid") from None
        if decoded.header.get("typ") != "at+jwt" or "kid" not in decoded.header:
            raise Unauthenticated("token_invalid")
        claims = decoded.claims
        self._check_times(claims)
        if claims.get("iss") != self.issuer or self.audience not in _listed(claims.get("aud")):
            raise Unauthenticated("token_for_another_service")
        return _actor(claims), float(claims["exp"])

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self._now()
        expires, issued, start = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
        if not all(isinstance(one, int | float) for one in (expires, issued, start)):
            raise Unauthenticated("token_invalid")
        if now >= expires:  # type: ignore[operator]
            raise Unauthenticated(
                "token_expired", zh="登录已过期，请重新登录。", en="The token has expired; please sign in again."
            )
        if issued > now + LEEWAY_SECONDS or start > now + LEEWAY_SECONDS:  # type: ignore[operator]
            raise Unauthenticated("token_invalid")

    def _remember(self, token: str, actor: Actor, expires: float) -> None:
        if len(self._known) >= CACHED_TOKENS:
            now = self._now()
            self._known = {one: known for one, known in self._known.items() if known[1] > now}
            if len(self._known) >= CACHED_TOKENS:
                self._known = {}
        self._known[token] = (actor, expires)


def _listed(audience: object) -> list[object]:
    return audience if isinstance(audience, list) else [audience]


def _actor(claims: Mapping[str, Any]) -> Actor:
    """Build the actor, refusing claims of an unexpected shape: a token is never read half."""
    subject, client, scope = claims.get("sub"), claims.get("client_id"), claims.get("scope", "")
    division, office = claims.get("division"), claims.get("office")
    texts = (subject, client, scope, division)
    if not all(isinstance(one, str) for one in texts) or not subject or not client:
        raise Unauthenticated("token_invalid")
    if not _DIVISION.fullmatch(division) or not (office is None or isinstance(office, str)):  # type: ignore[arg-type]
        raise Unauthenticated("token_invalid")
    try:
        offices = tuple(Office(one["office"], one["place"], one.get("until")) for one in claims.get("offices") or ())
    except (TypeError, KeyError, AttributeError):
        raise Unauthenticated("token_invalid") from None
    return Actor(subject, division, frozenset(scope.split()), office, offices, client)  # type: ignore[arg-type]
