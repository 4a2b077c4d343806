# SPDX-License-Identifier: Apache-2.0
"""Request id, timing and one log line for each request of the provider: the same as the API's, never a query."""

from __future__ import annotations

import logging
import re
import time
import uuid

from chassis.logging import request_id
from chassis.metrics import REQUESTS
from flask import Flask, Response, g, request

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_access = logging.getLogger("access")


def install(app: Flask) -> None:
    """Count and log every request of ``app``."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("Linli-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()
    request_id.set(g.request_id)


def _end(response: Response) -> Response:
    operation = f"oauth_{request.endpoint or 'unknown'}"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    REQUESTS.labels("identity", operation, str(response.status_code)).observe(seconds)
    response.headers["Linli-Request-Id"] = g.get("request_id", "")
    fields = {"operation": operation, "status": response.status_code, "ms": round(seconds * 1000, 1)}
    _access.info("%s %s", request.method, operation, extra=fields)
    return response
