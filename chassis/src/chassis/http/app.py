# SPDX-License-Identifier: Apache-2.0
"""The application factory every service uses; what a request passes, from outside to inside, is listed here."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio.to_thread
from connexion import AsyncApp
from connexion.datastructures import MediaTypeDict
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.request_validation import RequestValidationMiddleware
from connexion.middleware.response_validation import ResponseValidationMiddleware
from connexion.middleware.routing import RoutingMiddleware
from connexion.middleware.security import SecurityMiddleware
from starlette.types import ASGIApp

from chassis.auth import Verifier
from chassis.http import contract as contracts
from chassis.http import formats, problems
from chassis.http.front import Front
from chassis.http.operations import Operations
from chassis.http.security import oauth2
from chassis.http.validation import JsonBody, Parameters
from chassis.limits import Limit

DEFAULT_THREADS = 8


def create_app(
    *,
    service: str,
    contract: Path,
    api_module: ModuleType,
    deps: Any,
    verifier: Verifier,
    database_ready: Callable[[], object],
    settings: Any,
) -> ASGIApp:
    """Build the ASGI application of a service from its contract.

    Refuses to start (ContractError) when an operation has no function, no security, or a function of
    another signature. Threads are as many as the database pool has connections (``settings.pool_size``).
    Answers are validated too, unless ``settings.environment`` is production.
    """
    loaded = contracts.load(contract)
    validate_answers = settings.environment != "production"
    formats.register()
    app = AsyncApp(
        service,
        lifespan=_lifespan(verifier, getattr(settings, "pool_size", DEFAULT_THREADS)),
        middlewares=_layers(validate_answers),
        resolver=Operations(loaded, api_module, deps),
        strict_validation=True,
        validate_responses=validate_answers,
        validator_map={"body": MediaTypeDict({"application/json": JsonBody}), "parameter": Parameters},
        security_map={"oauth2": oauth2(verifier, _limit(settings))},
    )
    app.add_api(loaded.document, base_path=loaded.base_path)
    for kind in problems.HANDLED:
        app.add_error_handler(kind, problems.handle)
    # Build now, not at the first request: a contract that cannot be served must not start.
    app.middleware.app, app.middleware.middleware_stack = app.middleware._build_middleware_stack()
    return Front(app, service, loaded, _readiness(database_ready, verifier))


def _layers(validate_answers: bool) -> list[type]:
    """Connexion's layers but its own error pages and documentation browser."""
    validation = [RequestValidationMiddleware, *([ResponseValidationMiddleware] if validate_answers else [])]
    inner = [*validation, LifespanMiddleware, ContextMiddleware]
    return [ExceptionMiddleware, RoutingMiddleware, SecurityMiddleware, *inner]


def _lifespan(verifier: Verifier, threads: int) -> Callable[[Any], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads
        verifier.ring.start()
        yield
        verifier.ring.stop()

    return lifespan


def _limit(settings: Any) -> Limit:
    """Return what one caller may ask of one process: a second wall, far above any person and any healthy partner."""
    burst, rate = getattr(settings, "caller_burst", 2000.0), getattr(settings, "caller_per_second", 500.0)
    return Limit("caller", burst, rate)


def _readiness(database_ready: Callable[[], object], verifier: Verifier) -> Callable[[], dict[str, bool]]:
    def readiness() -> dict[str, bool]:
        try:
            database = database_ready() is not False
        except Exception:  # a probe's edge: any failure means not ready, and it is asked again soon
            database = False
        return {"database": database, "keys": verifier.ready}

    return readiness
