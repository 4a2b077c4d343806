# SPDX-License-Identifier: Apache-2.0
"""The composition root: settings in, Deps out. The only place that builds things."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from chassis.clock import Clock, SystemClock
from chassis.db import Database

from identity.hashing import Hasher
from identity.settings import Settings
from identity.store.sealing import Sealer
from identity.usecases.keys import Signing

MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"


@dataclass(frozen=True)
class Deps:
    """What use cases work with. ``clock`` is the domain's; ``wall`` is the machine's, for tokens and keys alone."""

    settings: Settings
    database: Database
    sealer: Sealer
    hasher: Hasher
    clock: Clock
    wall: Clock = field(default_factory=SystemClock)
    signing: Signing = field(default_factory=Signing)


def build(settings: Settings, clock: Clock | None = None, wall: Clock | None = None) -> Deps:
    """Build everything; nothing connects yet. ``clock`` lets a generator of demo data live in the past."""
    clock = clock or SystemClock(settings.clock_offset_seconds)
    database = Database(
        settings.app_database_url,
        service="identity",
        public_url=settings.public_database_url,
        sweep_url=settings.sweep_database_url or None,
        clock=clock,
        pool_size=settings.pool_size,
    )
    return Deps(settings, database, _sealer(settings), Hasher(), clock, wall or SystemClock())


def _sealer(settings: Settings) -> Sealer:
    """Load the field keys; a local machine gets its own on first use, anywhere else a missing file is an error."""
    if settings.environment != "production" and not settings.key_file.exists():
        try:
            settings.key_file.parent.mkdir(parents=True, exist_ok=True)
            Sealer.create(settings.key_file)
        except FileExistsError:
            pass  # another process of this machine was first
    return Sealer.load(settings.key_file)
