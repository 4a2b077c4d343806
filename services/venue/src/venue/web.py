# SPDX-License-Identifier: Apache-2.0
"""The HTTP application of the venue service."""

from __future__ import annotations

from chassis.auth import Verifier
from starlette.types import ASGIApp

from chassis import http, migrations, settings
from chassis import logging as logs
from venue import api, bootstrap
from venue.deps import Deps
from venue.settings import Settings

AUDIENCE = "urn:linli:venue"


def create_app(deps: Deps, config: Settings, verifier: Verifier | None = None) -> ASGIApp:
    """Build the application; ``verifier`` replaces the one of the settings (tests)."""
    revision = migrations.head(bootstrap.VERSIONS)
    return http.create_app(
        service=bootstrap.SERVICE,
        contract=config.contracts_dir / "openapi" / "venue.v1.yaml",
        api_module=api,
        deps=deps,
        verifier=verifier or Verifier(config.issuer, AUDIENCE, config.jwks_url),
        database_ready=lambda: deps.database.ready(revision),
        settings=config,
    )


def from_environment() -> ASGIApp:
    """Build the application of a web process; gunicorn calls this in its worker."""
    config = settings.load(Settings)
    logs.configure(bootstrap.SERVICE, config.log_level)
    return create_app(bootstrap.build(config), config)
