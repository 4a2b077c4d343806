# SPDX-License-Identifier: Apache-2.0
"""Token buckets in memory. Each process counts on its own: with N of them a caller may do N times as much."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from chassis.errors import TooMany

MOST_BUCKETS = 50_000


@dataclass(frozen=True)
class Limit:
    """``burst`` at once, then ``per_second``."""

    name: str
    burst: float
    per_second: float


class Buckets:
    """One bucket for each limit and caller; those quiet longest are forgotten when memory is needed."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, limit: Limit, who: str) -> None:
        """Take one token. Raises TooMany with Retry-After when there is none."""
        now, key = self._now(), (limit.name, who)
        level, at = self._buckets.get(key, (limit.burst, now))
        level = min(limit.burst, level + (now - at) * limit.per_second)
        if level < 1:
            self._buckets[key] = (level, now)
            wait = math.ceil((1 - level) / limit.per_second)
            raise TooMany("too_many_requests", headers={"Retry-After": str(wait)}, limit=limit.name)
        if len(self._buckets) >= MOST_BUCKETS and key not in self._buckets:
            self._forget()
        self._buckets[key] = (level - 1, now)

    def _forget(self) -> None:
        """Drop the older half: who has been quiet longest has the fullest bucket."""
        by_age = sorted(self._buckets.items(), key=lambda entry: entry[1][1])
        self._buckets = dict(by_age[len(by_age) // 2 :])
