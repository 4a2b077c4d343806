# SPDX-License-Identifier: Apache-2.0
"""What use cases are given. Only ``bootstrap`` builds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from chassis.clock import Clock
from chassis.db import Database

from engagement.settings import Settings

TIME_ZONE = ZoneInfo("Asia/Shanghai")  # of every community; days and years of numbers are local ones


@dataclass(frozen=True)
class Deps:
    """What use cases need. One per process, shared by its threads."""

    settings: Settings
    clock: Clock
    database: Database

    def today(self) -> date:
        """Return the local day."""
        return self.clock.now().astimezone(TIME_ZONE).date()
