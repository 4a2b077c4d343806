# SPDX-License-Identifier: Apache-2.0
"""Sixty-four callers on sockets of their own, and a venue process that does not know it is being tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import TokenFactory
from venue import bootstrap
from venue.domain.venues.definition import VenueDefinition

from benchmarks.venue_caller import Answer, Caller
from benchmarks.venue_process import key_set, running_web, settings

from ..conftest import CHENGDU, COUNTER, RESIDENT, WUFUQIAO, House, build_house

CLIENTS = 64
DAYS = 60


@dataclass
class Place:
    """A running venue process with 五福茶馆 in it, and its database to look into."""

    house: House
    database: ServiceDatabase
    port: int
    tokens: TokenFactory
    callers: list[Caller] = field(default_factory=list)

    def resident(self) -> Caller:
        """A person of their own."""
        return self._caller(RESIDENT, None)

    def counter(self) -> Caller:
        """A community worker."""
        return self._caller(COUNTER, "community_worker")

    def _caller(self, permissions: frozenset[str], office: str | None) -> Caller:
        token = self.tokens.sign("venue", *permissions, division=WUFUQIAO, subject=str(uuid4()), office=office)
        self.callers.append(Caller(self.port, token))
        return self.callers[-1]

    def look(self, query: str) -> list[tuple[Any, ...]]:
        """Look past every policy."""
        with self.database.superuser() as connection:
            return connection.execute(query).fetchall()

    def together(self, acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
        """Start all acts at the same moment."""
        barrier = Barrier(len(acts))

        def one(act: Callable[[], Answer]) -> Answer:
            barrier.wait()
            return act()

        with ThreadPoolExecutor(len(acts)) as crowd:
            return list(crowd.map(one, acts))


@contextmanager
def running_place(database: ServiceDatabase, teahouse: VenueDefinition, tokens: TokenFactory) -> Iterator[Place]:
    """Create the teahouse and start the process on real time."""
    deps = bootstrap.build(settings(database))
    house = build_house(deps, database, replace(teahouse, horizon_days=DAYS + 5))
    deps.database.close()
    with key_set(tokens) as keys, running_web(database, keys, pool_size=16, pin=False) as web:
        place = Place(house, database, web.port, tokens)
        yield place
        for caller in place.callers:
            caller.close()


def half_hours() -> Iterator[tuple[str, str]]:
    """Every half hour of the coming days from tomorrow on, without end."""
    day = datetime.now(CHENGDU).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for number in range(DAYS * 26):
        start = day + timedelta(days=number // 26, minutes=30 * (number % 26))
        yield start.isoformat(), (start + timedelta(minutes=30)).isoformat()


def outcomes(answers: Sequence[Answer]) -> Counter[str]:
    """Count how each ended."""
    return Counter(answer.outcome for answer in answers)
