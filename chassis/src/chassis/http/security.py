# SPDX-License-Identifier: Apache-2.0
"""The contract's oauth2 security, enforced: the token verified on the event loop, no IO but for an unknown key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connexion.lifecycle import ConnexionRequest
from connexion.security import AbstractSecurityHandler
from starlette.concurrency import run_in_threadpool

from chassis.auth import Actor, UnknownKey, Verifier
from chassis.errors import Unauthenticated, Unavailable
from chassis.http.call import passage
from chassis.keys import AT_MOST_EVERY_SECONDS
from chassis.limits import Buckets, Limit


def oauth2(verifier: Verifier, limit: Limit) -> type[AbstractSecurityHandler]:
    """Return the security handler of ``type: oauth2`` schemes: verify, count against the caller's limit, permit."""
    buckets = Buckets()

    class TokenSecurity(AbstractSecurityHandler):
        def get_fn(self, security_scheme: dict[str, Any], required_scopes: list[str]) -> Callable[..., Any]:
            async def check(request: ConnexionRequest) -> dict[str, str]:
                actor = await _actor(verifier, request.headers.get("authorization"))
                buckets.take(limit, actor.subject)
                for permission in required_scopes:
                    actor.require(permission)
                passage.get().actor = actor
                return {"sub": actor.subject}

            return check

    return TokenSecurity


async def _actor(verifier: Verifier, authorization: str | None) -> Actor:
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthenticated()
    token = token.strip()
    try:
        return verifier.verify(token)
    except (UnknownKey, Unavailable):
        # A key published a moment ago, or a process just started: look once, in a thread, then decide.
        await run_in_threadpool(verifier.ring.refresh, AT_MOST_EVERY_SECONDS)
        return verifier.verify(token)
