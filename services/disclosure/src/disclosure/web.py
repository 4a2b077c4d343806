# SPDX-License-Identifier: Apache-2.0
"""The HTTP application, from contracts/openapi/disclosure.v1.yaml."""

from __future__ import annotations

from typing import Any

from chassis.auth import Verifier
from chassis.http import create_app
from chassis.migrations import head

from chassis import settings as environment
from disclosure import api, bootstrap
from disclosure.settings import Settings

AUDIENCE = "urn:linli:disclosure"


def build_app(settings: Any, deps: bootstrap.Deps, verifier: Verifier) -> Any:
    """Build the ASGI application around given dependencies."""
    revision = head(bootstrap.VERSIONS)
    return create_app(
        service=bootstrap.SERVICE,
        contract=settings.contracts_dir / "openapi" / "disclosure.v1.yaml",
        api_module=api,
        deps=deps,
        verifier=verifier,
        database_ready=lambda: deps.database.ready(revision),
        settings=settings,
    )


def application() -> Any:
    """Build the application from the environment (gunicorn calls this in its worker)."""
    settings = environment.load(Settings)
    return build_app(settings, bootstrap.build(settings), Verifier(settings.issuer, AUDIENCE, settings.jwks_url))
