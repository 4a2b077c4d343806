# SPDX-License-Identifier: Apache-2.0
"""What use cases are given. Only ``bootstrap`` builds it."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.db import Database


@dataclass(frozen=True)
class Deps:
    """What use cases are given. One per process, shared by its threads."""

    database: Database
    clock: Clock
    can_sweep: bool = False
