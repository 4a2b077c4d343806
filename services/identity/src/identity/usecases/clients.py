# SPDX-License-Identifier: Apache-2.0
"""Clients of the provider: the edge, which signs people in, and partners, which act for themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chassis.auth import Actor
from chassis.errors import Unprocessable

from identity.domain.offices import ALL_PERMISSIONS
from identity.store import provider as store
from identity.usecases.divisions import DISTRICT

if TYPE_CHECKING:
    from identity.bootstrap import Deps

MIN_SECRET = 24
_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,39}")


@dataclass(frozen=True)
class NewClient:
    """A registration. An edge has redirect addresses and no scopes of its own; a partner the other way round."""

    client_id: str
    kind: str
    title: str
    secret: str
    division: str
    scopes: Sequence[str] = ()
    redirect_uris: Sequence[str] = ()
    post_logout_redirect_uris: Sequence[str] = ()


def register_client(deps: Deps, client: NewClient) -> None:
    """Register a client or change its registration; the secret is stored as a hash. Raises Unprocessable."""
    _check(client)
    with deps.database.unit_of_work(Actor.system(client.division, "register-client")) as work:
        store.save_client(
            work.connection,
            {
                "client_id": client.client_id,
                "kind": client.kind,
                "title": client.title,
                "secret_hash": store.digest(client.secret),
                "division_code": client.division,
                "scopes": sorted(client.scopes),
                "redirect_uris": list(client.redirect_uris),
                "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
                "state": "active",
                "created_at": deps.wall.now(),
            },
        )
        work.audit("client.registered", "client", client.client_id, {"scopes": sorted(client.scopes)})
        work.commit()


def register_edge(deps: Deps) -> None:
    """Register the gateway's edge under the installation's own address and secret, or leave it as it is.

    Done at each start, so that a changed address or secret needs no step of its own. Without a secret in the
    settings nothing is registered: the edge may be a client of another provider.
    """
    settings = deps.settings
    if settings.edge_client_secret:
        edge = NewClient(
            client_id="edge",
            kind="edge",
            title="邻里",
            secret=settings.edge_client_secret,
            division=DISTRICT.code,
            redirect_uris=(f"{settings.issuer}/sign-in/callback",),
            post_logout_redirect_uris=(f"{settings.issuer}/",),
        )
        register_client(deps, edge)


def _check(client: NewClient) -> None:
    wrong = {
        "client_id": not _CLIENT_ID.fullmatch(client.client_id),
        "kind": client.kind not in ("edge", "partner"),
        "secret": len(client.secret) < MIN_SECRET,
        "scopes": not ALL_PERMISSIONS.issuperset(client.scopes) or (client.kind == "partner") != bool(client.scopes),
        "redirect_uris": (client.kind == "edge") != bool(client.redirect_uris)
        or not all(map(_is_address, [*client.redirect_uris, *client.post_logout_redirect_uris])),
    }
    fields = [name for name, is_wrong in wrong.items() if is_wrong]
    if fields:
        raise Unprocessable(
            "client_invalid",
            zh=f"应用登记有误:{'、'.join(fields)}",
            en=f"The registration is not valid: {', '.join(fields)}",
        )


def _is_address(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.fragment
