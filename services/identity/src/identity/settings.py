# SPDX-License-Identifier: Apache-2.0
"""What this service reads from the environment; nothing else reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = ("local", "test", "production")


@dataclass(frozen=True)
class Settings:
    """Everything but the owner's address, which only ``migrate`` may know."""

    environment: str
    app_database_url: str
    public_database_url: str
    issuer: str
    key_file: Path
    edge_client_secret: str = ""
    sweep_database_url: str = ""
    relay_database_url: str = ""
    kafka_bootstrap: str = ""
    contracts_dir: Path = Path(__file__).parents[4] / "contracts"
    clock_offset_seconds: float = 0
    refresh_hours: float = 12
    pool_size: int = 16
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        if self.environment not in ENVIRONMENTS:
            raise ValueError(f"LINLI_ENVIRONMENT is one of {', '.join(ENVIRONMENTS)}")
        if self.environment == "production" and self.clock_offset_seconds:
            raise ValueError("LINLI_CLOCK_OFFSET_SECONDS shifts the domain clock on local machines only")


@dataclass(frozen=True)
class MigrateSettings:
    """What ``migrate`` reads."""

    owner_database_url: str
