# SPDX-License-Identifier: Apache-2.0
"""What the venue service reads from the environment; nothing else in the service reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Settings of the web and worker processes; ``chassis.settings.load`` fills them from LINLI_* variables."""

    environment: str
    issuer: str
    jwks_url: str
    contracts_dir: Path
    app_database_url: str = field(repr=False)
    public_database_url: str = field(repr=False)
    relay_database_url: str = field(default="", repr=False)
    sweep_database_url: str = field(default="", repr=False)
    kafka_bootstrap: str = ""
    payment_provider: str = ""
    payment_secret: str = field(default="", repr=False)
    calendar_secret: str = field(default="", repr=False)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    clock_offset_seconds: float = 0
    pool_size: int = 8
    log_level: str = "INFO"


@dataclass(frozen=True)
class MigrateSettings:
    """Settings of ``python -m venue migrate``: the owner's address and nothing else."""

    owner_database_url: str = field(repr=False)
    log_level: str = "INFO"


@dataclass(frozen=True)
class CreateVenueSettings:
    """Settings of ``python -m venue create-venue``."""

    app_database_url: str = field(repr=False)
    clock_offset_seconds: float = 0
    log_level: str = "INFO"
