# SPDX-License-Identifier: Apache-2.0
"""What the service reads from the environment; nothing else in it does."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import MigrateSettings, ServiceSettings

__all__ = ["MigrateSettings", "Settings"]


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Settings of every process but migrate."""

    jwks_url: str
