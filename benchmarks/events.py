# SPDX-License-Identifier: Apache-2.0
"""Commit → visible in the other service: settlements committed by venue until disclosure has posted them."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.clock import SystemClock
from chassis.db import Database, uuid7
from chassis.events import Event

from tools.running_platform import RunningPlatform

WUFUQIAO = "510104030006"
GOAL_MS = {"p50": 25, "p99": 60}


def measure(platform: RunningPlatform, rate: int, seconds: int) -> dict[str, Any]:
    """Commit ``rate`` settlements a second for ``seconds`` and tell how long each took to become visible."""
    committed: dict[Any, float] = {}
    seen: dict[Any, float] = {}
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(platform, seen, committed, done))
    watcher.start()
    _emit(platform, rate, seconds, committed)
    done.set()
    watcher.join(60)
    waits = sorted((seen[one] - at) * 1000 for one, at in committed.items() if one in seen)
    return {
        "rate_per_second": rate,
        "events": len(committed),
        "not_seen": len(committed) - len(waits),
        "p50_ms": round(waits[len(waits) // 2], 1),
        "p99_ms": round(waits[int(len(waits) * 0.99)], 1),
        "goal_ms": GOAL_MS,
    }


def _emit(platform: RunningPlatform, rate: int, seconds: int, committed: dict[Any, float]) -> None:
    database = Database(platform.url("venue", "app"), service="venue", clock=SystemClock(), pool_size=1)
    actor, venue_id = Actor.system(WUFUQIAO, "benchmark"), _venue_id(platform)
    started = time.monotonic()
    for number in range(rate * seconds):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        event = _settled(venue_id)
        with database.unit_of_work(actor) as work:
            work.outbox.add(event)
            work.commit()
        committed[event.data["settlement_id"]] = time.monotonic()
    database.close()


def _watch(
    platform: RunningPlatform, seen: dict[Any, float], committed: dict[Any, float], done: threading.Event
) -> None:
    """Look every few milliseconds which events the ledger holds; what is seen late counts as late."""
    deadline = None
    with platform.database("disclosure", "app", WUFUQIAO) as books:
        last = books.execute("SELECT coalesce(max(no), 0) FROM journal_entries").fetchone()[0]
        while deadline is None or (time.monotonic() < deadline and len(seen) < len(committed)):
            rows = books.execute("SELECT no, source_event FROM journal_entries WHERE no > %s", (last,)).fetchall()
            now = time.monotonic()
            for no, source in rows:  # "settlement:<id>"
                seen[source.rpartition("/")[2].rpartition(":")[2]], last = now, max(last, no)
            if done.is_set() and deadline is None:
                deadline = now + 30
            time.sleep(0.003)


def _venue_id(platform: RunningPlatform) -> str:
    with platform.database("venue", "app", WUFUQIAO) as venue:
        return str(venue.execute("SELECT id FROM venues").fetchone()[0])


def _settled(venue_id: str) -> Event:
    now = datetime.now(UTC)
    settlement = uuid7()
    data = {
        "booking_id": str(uuid7()), "settlement_id": str(settlement), "venue_id": venue_id, "venue_name": "五福茶馆",
        "space_id": str(uuid7()), "space_name": "议事茶亭", "regime": "commercial", "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=2)).isoformat(),
        "occurred_on": now.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        "amount_fen": 6000, "currency": "CNY", "method": "cash",
    }  # fmt: skip
    return Event("linli.venue.booking.settled.v1", data["booking_id"], 1, data)
