# SPDX-License-Identifier: Apache-2.0
"""What the service reads from the environment; nothing else in it does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chassis.settings import MigrateSettings, ServiceSettings

__all__ = ["MigrateSettings", "Settings"]


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Everything but the owner's address, which only ``migrate`` may know."""

    key_file: Path
    edge_client_secret: str = ""
    contracts_dir: Path = Path(__file__).parents[4] / "contracts"
    refresh_hours: float = 12
    pool_size: int = 16
