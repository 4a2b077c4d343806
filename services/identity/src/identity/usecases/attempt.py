# SPDX-License-Identifier: Apache-2.0
"""The attempt of a caller inside this process: no idempotency key, answers in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.errors import PreconditionFailed


@dataclass(frozen=True)
class InProcess:
    """Stands where an HTTP request's Call stands; ``if_match`` of None accepts any version."""

    idempotency_key: str | None = None
    body_hash: str = ""
    language: str = "zh"
    if_match: int | None = None
    request_id: str | None = None


IN_PROCESS = InProcess()


def as_id(value: str | UUID | None) -> UUID | None:
    """Take an id as the contract or a caller inside the process gives it."""
    return UUID(value) if isinstance(value, str) else value


def check_version(expected: int | None, version: int) -> None:
    """Refuse a change to a version that its author has not seen (PreconditionFailed)."""
    if expected is not None and expected != version:
        raise PreconditionFailed(version=version)
