# SPDX-License-Identifier: Apache-2.0
"""An answer as bytes: what is stored under an idempotency key is exactly what was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.errors import AppError

JSON, PROBLEM = "application/json", "application/problem+json"


@dataclass(frozen=True)
class Reply:
    """A finished answer. ``body`` is UTF-8 JSON and is never parsed again on its way out."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> Any:
        """The body as Python values (for in-process callers and tests)."""
        return json.loads(self.body)


def encode(value: Any) -> bytes:
    """Encode JSON compactly; instants and ids become strings, Chinese stays Chinese."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_text).encode()


def etag(version: int) -> dict[str, str]:
    """Return the ETag header of an aggregate's version."""
    return {"ETag": f'"{version}"'}


def problem(error: AppError, language: str) -> dict[str, Any]:
    """Describe a refusal as RFC 9457 problem details in the caller's language."""
    return {
        "type": "about:blank",
        "title": error.title[language],
        "status": error.status,
        "detail": error.detail(language),
        "code": error.code,
        **error.extra,
    }


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
