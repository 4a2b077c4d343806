# SPDX-License-Identifier: Apache-2.0
"""What this service reads from the environment; nothing else reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Web and worker. Roles beyond the app's own are empty where a process does not use them."""

    environment: str
    app_database_url: str
    public_database_url: str
    issuer: str
    jwks_url: str
    contracts_dir: Path
    relay_database_url: str = ""
    sweep_database_url: str = ""
    kafka_bootstrap: str = ""
    clock_offset_seconds: float = 0
    metrics_port: int = 8203
    pool_size: int = 8
    log_level: str = "INFO"


@dataclass(frozen=True)
class MigrateSettings:
    """The migration process alone knows the owner's address."""

    owner_database_url: str
    log_level: str = "INFO"


@dataclass(frozen=True)
class BooksSettings:
    """Opening books at the machine needs the app role and the clock."""

    environment: str
    app_database_url: str
    clock_offset_seconds: float = 0
