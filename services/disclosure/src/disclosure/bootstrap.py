# SPDX-License-Identifier: Apache-2.0
"""The composition root: settings in, Deps out. The only place that builds things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.clock import Clock, SystemClock
from chassis.db import Database

SERVICE = "disclosure"
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


@dataclass(frozen=True)
class Deps:
    """What use cases are given."""

    database: Database
    clock: Clock


def build(settings: Any, clock: Clock | None = None) -> Deps:
    """Build the dependencies. ``settings`` needs only the addresses and ``clock_offset_seconds`` it has."""
    clock = clock or SystemClock(domain_offset(settings))
    database = Database(
        settings.app_database_url,
        service=SERVICE,
        public_url=getattr(settings, "public_database_url", "") or None,
        sweep_url=getattr(settings, "sweep_database_url", "") or None,
        clock=clock,
        pool_size=getattr(settings, "pool_size", 8),
    )
    return Deps(database, clock)


def domain_offset(settings: Any) -> float:
    """Return the clock's offset; production's clock is never shifted."""
    if settings.environment == "production" and settings.clock_offset_seconds:
        raise ValueError("LINLI_CLOCK_OFFSET_SECONDS is for local machines and tests")
    return settings.clock_offset_seconds
