# SPDX-License-Identifier: Apache-2.0
"""The composition root: settings in, dependencies out. The only place that builds things."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chassis.clock import Clock, SystemClock
from chassis.db import Database

from engagement.deps import Deps
from engagement.settings import Settings

if TYPE_CHECKING:
    from chassis.inbox import Consumer

SERVICE = "engagement"
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def build(settings: Settings, *, clock: Clock | None = None) -> Deps:
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
    return Deps(settings, clock, database)


def consumer(deps: Deps) -> Consumer:
    """Build the consumer of the service's worker, and of its replay command."""
    # Here and not above: a web process needs no Kafka client.
    from chassis.inbox import Consumer

    from engagement.reactions import SUBSCRIPTIONS

    return Consumer(
        SERVICE,
        deps.database,
        SUBSCRIPTIONS,
        deps.settings.kafka_bootstrap,
        deps=deps,
        contracts=deps.settings.contracts_dir,
    )
