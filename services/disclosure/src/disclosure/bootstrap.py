# SPDX-License-Identifier: Apache-2.0
"""The composition root: settings in, Deps out. The only place that builds things."""

from __future__ import annotations

from pathlib import Path

from chassis.clock import Clock, SystemClock
from chassis.db import Database
from chassis.inbox import Consumer

from disclosure.deps import Deps
from disclosure.reactions import SUBSCRIPTIONS
from disclosure.settings import Settings

SERVICE = "disclosure"
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def build(settings: Settings, clock: Clock | None = None) -> Deps:
    """Build the dependencies of one process; ``clock`` replaces the domain clock (demo data, tests)."""
    clock = clock or SystemClock(settings.clock_offset_seconds)
    database = Database(
        settings.app_database_url,
        service=SERVICE,
        public_url=settings.public_database_url or None,
        sweep_url=settings.sweep_database_url or None,
        clock=clock,
        pool_size=settings.pool_size,
    )
    return Deps(database, clock, can_sweep=bool(settings.sweep_database_url))


def consumer(settings: Settings, deps: Deps) -> Consumer:
    """Build the consumer of the worker, and of the replay command."""
    return Consumer(
        SERVICE,
        deps.database,
        SUBSCRIPTIONS,
        settings.kafka_bootstrap,
        deps=deps,
        contracts=settings.contracts_dir,
    )
