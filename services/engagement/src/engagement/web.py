# SPDX-License-Identifier: Apache-2.0
"""The web process: the application from contracts/openapi/engagement.v1.yaml."""

from __future__ import annotations

from chassis.auth import Verifier
from chassis.http import create_app as build_app
from chassis.logging import configure
from starlette.types import ASGIApp

from chassis import migrations, settings
from engagement import api, bootstrap
from engagement.settings import Settings


def create_app(deps: bootstrap.Deps, verifier: Verifier | None = None) -> ASGIApp:
    """Build the application over ready-made dependencies; tests bring a verifier of their own."""
    chosen = deps.settings
    head = migrations.head(bootstrap.VERSIONS)
    return build_app(
        service=bootstrap.SERVICE,
        contract=chosen.contracts_dir / "openapi" / "engagement.v1.yaml",
        api_module=api,
        deps=deps,
        verifier=verifier or Verifier(chosen.issuer, f"urn:linli:{bootstrap.SERVICE}", chosen.jwks_url),
        database_ready=lambda: deps.database.ready(head),
        settings=chosen,
    )


def application() -> ASGIApp:
    """Build the application from the environment; gunicorn calls this in each worker, after the fork."""
    chosen = settings.load(Settings)
    configure(bootstrap.SERVICE, chosen.log_level)
    return create_app(bootstrap.build(chosen))
