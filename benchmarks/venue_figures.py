# SPDX-License-Identifier: Apache-2.0
"""Latencies of the venue's API as its callers see them: open-loop, so that a slow answer does not slow the load."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp

Send = Callable[[aiohttp.ClientSession, int], Awaitable[int]]
LOCAL_OPENING = timedelta(hours=1)  # 09:00 in Chengdu is 01:00 UTC


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Give p50, p95, p99 and the worst in milliseconds."""
    ordered = sorted(times)
    cut = [ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99)]
    return {
        name: round(value * 1000, 1)
        for name, value in zip(("p50_ms", "p95_ms", "p99_ms", "max_ms"), [*cut, ordered[-1]], strict=True)
    }


async def _at_rate(token: str, rate: int, seconds: int, send: Send) -> dict[str, Any]:
    times: list[float] = []
    statuses: dict[int, int] = {}

    async def one(session: aiohttp.ClientSession, number: int, due: float) -> None:
        status = await send(session, number)
        times.append(time.monotonic() - due)
        statuses[status] = statuses.get(status, 0) + 1

    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=64)) as session:
        start, waiting = time.monotonic() + 0.2, []
        for number in range(rate * seconds):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            waiting.append(asyncio.create_task(one(session, number, due)))
        await asyncio.gather(*waiting)
    return {"asked_per_s": rate, "requests": len(times), "statuses": statuses, **percentiles(times)}


def book_at_rate(
    base: str, token: str, spaces: Sequence[str], rate: int, seconds: int, first_day: int
) -> dict[str, Any]:
    """Book free half hours, ``rate`` a second whatever the answers take; latency counts from the planned moment."""
    opening = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + LOCAL_OPENING

    async def send(session: aiohttp.ClientSession, number: int) -> int:
        slot, room = divmod(number, len(spaces))
        starts = opening + timedelta(days=first_day + slot // 26, minutes=30 * (slot % 26))
        body = {
            "space_id": spaces[room], "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(minutes=30)).isoformat(),
        }  # fmt: skip
        async with session.post(base + "/bookings", json=body, headers={"Idempotency-Key": str(uuid4())}) as answer:
            await answer.read()
            return answer.status

    return asyncio.run(_at_rate(token, rate, seconds, send))


def read_at_rate(base: str, token: str, path: str, rate: int, seconds: int) -> dict[str, Any]:
    """Read one address at a rate."""

    async def send(session: aiohttp.ClientSession, _number: int) -> int:
        async with session.get(base + path) as answer:
            await answer.read()
            return answer.status

    return asyncio.run(_at_rate(token, rate, seconds, send))


def timed_posts(base: str, token: str, path: str, bodies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Post one body after the other; every answer must be 2xx."""

    async def run() -> list[float]:
        times = []
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            for body in bodies:
                started = time.monotonic()
                async with session.post(base + path, json=body, headers={"Idempotency-Key": str(uuid4())}) as answer:
                    text = await answer.text()
                    if answer.status >= 300:
                        raise RuntimeError(f"{answer.status} {text[:400]}")
                times.append(time.monotonic() - started)
        return times

    times = asyncio.run(run())
    return {"requests": len(times), "mean_ms": round(statistics.mean(times) * 1000, 1), **percentiles(times)}
