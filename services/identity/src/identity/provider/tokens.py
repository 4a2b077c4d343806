# SPDX-License-Identifier: Apache-2.0
"""Access tokens (RFC 9068): one audience, one capacity, ten minutes, no personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidScopeError
from chassis.auth import Actor
from chassis.db import uuid7
from chassis.errors import Forbidden
from joserfc import jwt

from identity.domain import offices as rules
from identity.domain.divisions import CHENGDU
from identity.domain.keys import TOKEN_LIFETIME
from identity.domain.offices import ALL_PERMISSIONS, Acting, Held
from identity.store import offices, persons

if TYPE_CHECKING:
    from identity.bootstrap import Deps
    from identity.provider.clients import Client

RESOURCE_PREFIX = "urn:linli:"
SERVICES = frozenset(permission.split(".")[0] for permission in ALL_PERMISSIONS)
DEFAULT_SERVICE = "identity"
LIFETIME_SECONDS = int(TOKEN_LIFETIME.total_seconds())


class InvalidTargetError(OAuth2Error):
    """The resource is not one of ours, or more than one was named (RFC 8707, section 2)."""

    error = "invalid_target"


@dataclass(frozen=True)
class Minted:
    """A signed access token and the permissions in it."""

    token: str
    scope: str


def service_of(resources: Sequence[str], default: str | None = DEFAULT_SERVICE) -> str:
    """Read the one resource a token is asked for. Raises InvalidTargetError."""
    if len(resources) > 1:
        raise InvalidTargetError("Exactly one resource to a token.")
    if not resources:
        if default is None:
            raise InvalidTargetError("Name the resource the token is for.")
        return default
    service = resources[0].removeprefix(RESOURCE_PREFIX)
    if service not in SERVICES or not resources[0].startswith(RESOURCE_PREFIX):
        raise InvalidTargetError("The resource is not one of this platform.")
    return service


def for_person(deps: Deps, client: Client, account: Any, service: str, office: str | None) -> Minted:
    """Make a token for somebody who signed in. Offices are read anew each time: an ended one is gone at once.

    Raises AccessDeniedError when ``office`` is not held today.
    """
    acting, held = _capacity(deps, account, office)
    scope = _scope(acting.permissions, service)
    claims = {
        "sub": str(account.person_id),
        "scope": scope,
        "division": acting.division,
        "offices": [{"office": one.office, "place": one.place, "until": one.until.isoformat()} for one in held],
    }
    if acting.office:
        claims["office"] = acting.office
    return Minted(_signed(deps, client, service, claims), scope)


def for_program(deps: Deps, client: Client, resources: Sequence[str], requested: str | None) -> Minted:
    """Make a token for a partner: what is asked for, within what is registered, for one service."""
    services = {scope.split(".")[0] for scope in client.scopes}
    service = service_of(resources, next(iter(services)) if len(services) == 1 else None)
    wanted = set((requested or "").split()) or {one for one in client.scopes if one.startswith(f"{service}.")}
    if not wanted or not client.scopes.issuperset(wanted) or any(not one.startswith(f"{service}.") for one in wanted):
        raise InvalidScopeError()
    scope = " ".join(sorted(wanted))
    claims = {"sub": client.client_id, "scope": scope, "division": client.division, "offices": []}
    return Minted(_signed(deps, client, service, claims), scope)


def sign(deps: Deps, claims: dict[str, Any], kind: str) -> str:
    """Sign claims with the key that signs now."""
    key = deps.signing.current(deps)
    header = {"alg": "Ed25519", "kid": key.kid, "typ": kind}
    return jwt.encode(header, claims, key.key, algorithms=["Ed25519"])


def _capacity(deps: Deps, account: Any, office: str | None) -> tuple[Acting, list[Held]]:
    home = Actor.system(account.division_code, "token")
    today = deps.clock.now().astimezone(CHENGDU).date()
    with deps.database.read(home) as connection:
        held = offices.held_by(connection, home.division, account.person_id, today)
        is_resident = persons.is_resident(connection, home.division, account.person_id)
    try:
        return rules.act_as(office, held, home.division, is_resident), held
    except Forbidden:
        raise AccessDeniedError("This office is not held today.") from None


def _scope(permissions: frozenset[str], service: str) -> str:
    return " ".join(sorted(one for one in permissions if one.startswith(f"{service}.")))


def _signed(deps: Deps, client: Client, service: str, claims: dict[str, Any]) -> str:
    now = int(deps.wall.now().timestamp())  # expiry never follows the domain clock
    own = {
        "iss": deps.settings.issuer,
        "aud": RESOURCE_PREFIX + service,
        "client_id": client.client_id,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "jti": str(uuid7()),
    }
    return sign(deps, own | claims, "at+jwt")
