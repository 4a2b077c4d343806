# SPDX-License-Identifier: Apache-2.0
"""What use cases are given. Only ``bootstrap`` builds it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from chassis.auth import Actor
from chassis.clock import Clock
from chassis.db import Database, UnitOfWork

from venue.payments.provider import PaymentProvider


@dataclass(frozen=True)
class Deps:
    """The database as the service's roles see it, the domain's clock, and what leads outside (None: nothing does)."""

    database: Database
    clock: Clock
    payments: PaymentProvider | None = None
    calendar_secret: bytes = field(default=b"", repr=False)

    def unit_of_work(self, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        """Open one transaction in the actor's division."""
        return self.database.unit_of_work(actor)


class Attempt(Protocol):
    """What a use case needs to know of the request it serves; ``chassis.http.Call`` has it."""

    @property
    def idempotency_key(self) -> str | None:
        """None where nothing is to be replayed."""

    @property
    def body_hash(self) -> str:
        """Identifies what was asked under the key."""

    @property
    def language(self) -> str:
        """``zh`` or ``en``."""

    @property
    def request_id(self) -> str:
        """For the audit trail."""

    @property
    def if_match(self) -> int | None:
        """The version the caller saw; None insists on none."""


@dataclass(frozen=True)
class InProcess:
    """An attempt without a request, such as the import of demo data. Refusals rise as exceptions."""

    language: str = "zh"
    request_id: str = "in-process"
    idempotency_key: str | None = None
    body_hash: str = ""
    if_match: int | None = None
