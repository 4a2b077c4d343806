# SPDX-License-Identifier: Apache-2.0
"""The composition root: settings in, dependencies out. The only place that builds things."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chassis.clock import Clock, SystemClock
from chassis.db import Database

from venue.deps import Deps
from venue.payments.chosen import chosen
from venue.settings import CreateVenueSettings, Settings

if TYPE_CHECKING:
    from chassis.inbox import Consumer

SERVICE = "venue"
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def build(settings: Settings | CreateVenueSettings, *, clock: Clock | None = None) -> Deps:
    """Build the dependencies of one process; ``clock`` replaces the domain clock (demo data, tests)."""
    clock = clock or SystemClock(settings.clock_offset_seconds)
    database = Database(
        settings.app_database_url,
        service=SERVICE,
        public_url=getattr(settings, "public_database_url", None) or None,
        sweep_url=getattr(settings, "sweep_database_url", None) or None,
        clock=clock,
        pool_size=getattr(settings, "pool_size", 1),
    )
    payments = chosen(
        getattr(settings, "payment_provider", ""),
        getattr(settings, "payment_secret", ""),
        environment=getattr(settings, "environment", ""),
        books_url=settings.app_database_url,
    )
    return Deps(database, clock, payments, getattr(settings, "calendar_secret", "").encode())


def consumer(deps: Deps, settings: Settings) -> Consumer:
    """Build the consumer of the service's worker, and of its replay command."""
    # Here and not above: a web process needs no Kafka client, and reactions need Deps.
    from chassis.inbox import Consumer

    from venue.reactions import SUBSCRIPTIONS

    return Consumer(
        SERVICE,
        deps.database,
        SUBSCRIPTIONS,
        settings.kafka_bootstrap,
        deps=deps,
        contracts=settings.contracts_dir,
    )
