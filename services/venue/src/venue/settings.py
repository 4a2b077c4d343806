# SPDX-License-Identifier: Apache-2.0
"""What the service reads from the environment; nothing else in it does."""

from __future__ import annotations

from dataclasses import dataclass, field

from chassis.settings import MigrateSettings, ServiceSettings

__all__ = ["CreateVenueSettings", "MigrateSettings", "Settings"]


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of the web and worker processes."""

    jwks_url: str
    payment_provider: str = ""
    payment_secret: str = field(default="", repr=False)
    calendar_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class CreateVenueSettings:
    """Settings of ``python -m venue create-venue``."""

    app_database_url: str = field(repr=False)
    clock_offset_seconds: float = 0
    log_level: str = "INFO"
