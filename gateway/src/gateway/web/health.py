# SPDX-License-Identifier: Apache-2.0
"""Liveness and readiness on the process's own socket; the edge answers these addresses itself and passes none on."""

from __future__ import annotations

from flask import Blueprint, Response

pages = Blueprint("health", __name__)


@pages.get("/livez")
@pages.get("/readyz")
def alive() -> Response:
    """Answer: pages hold nothing and say themselves which service is away, so to run is to be ready."""
    return Response("ok\n", mimetype="text/plain")
