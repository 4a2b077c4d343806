# SPDX-License-Identifier: Apache-2.0
"""What the tables of operations prepare, and how it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from ...conftest import at
from ..conftest import Caller, World


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it, at the wall time ``at`` where one is given."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    method: str = "post"
    at: str | None = None
    other: Any = None  # another body that the contract accepts


Prepare = Callable[[World], Request]


def by_name(prepares: Iterable[Prepare]) -> dict[str, Prepare]:
    """A table of operations from functions that are called as the operations are."""
    return {prepare.__name__: prepare for prepare in prepares}


def send(world: World, request: Request, who: Caller | None = None, **more: Any) -> httpx.Response:
    """Send it as it was prepared, but for what is given here: ``who``, ``body``, ``key``, ``version``."""
    who = who or request.who
    if request.at:
        world.clock.set(at(request.at[:16]))
    if request.method == "get":
        return who.get(request.path)
    body, version = more.pop("body", request.body), more.pop("version", request.version)
    return who.send(request.method.upper(), request.path, body, version=version, **more)
