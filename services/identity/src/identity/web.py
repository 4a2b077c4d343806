# SPDX-License-Identifier: Apache-2.0
"""The web process: the API from its contract, and the OpenID provider beside it."""

from __future__ import annotations

from chassis.auth import Verifier
from chassis.http import create_app as create_api
from starlette.types import ASGIApp

from chassis import migrations
from identity import api
from identity.bootstrap import MIGRATIONS, Deps
from identity.provider.app import create_provider
from identity.provider.mount import Mounted
from identity.usecases.keys import key_set

AUDIENCE = "urn:linli:identity"


def create_app(deps: Deps, verifier: Verifier | None = None) -> ASGIApp:
    """Build the application. Identity verifies its own tokens with the keys it has at hand."""
    settings, revision = deps.settings, migrations.head(MIGRATIONS)
    served = create_api(
        service="identity",
        contract=settings.contracts_dir / "openapi" / "identity.v1.yaml",
        api_module=api,
        deps=deps,
        verifier=verifier or Verifier(settings.issuer, AUDIENCE, keys=lambda: key_set(deps)),
        database_ready=lambda: deps.database.ready(revision),
        settings=settings,
    )
    return Mounted(served, create_provider(deps), settings.issuer)
