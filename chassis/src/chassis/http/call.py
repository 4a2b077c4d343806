# SPDX-License-Identifier: Apache-2.0
"""What an operation's function is told about the request, and what is known about a request on its way in."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chassis.auth import Actor


@dataclass(frozen=True)
class Call:
    """One request, as far as an operation may care. ``actor`` is None on public operations only."""

    deps: Any
    actor: Actor | None
    operation: str
    language: str
    request_id: str
    body_hash: str
    idempotency_key: str | None = None
    if_match: int | None = None
    if_none_match: str | None = None


@dataclass
class Passage:
    """What the layers learn about a request while it passes; each layer adds its part."""

    request_id: str
    language: str
    actor: Actor | None = None
    body: Any = None
    refusal: str | None = None


passage: ContextVar[Passage] = ContextVar("passage")
