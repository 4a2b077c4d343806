# SPDX-License-Identifier: Apache-2.0
"""The platform as ``make run`` starts it: time to ready, memory at rest, bytes of pages, what the edge costs."""

from __future__ import annotations

import http.client
import statistics
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.running_platform import RunningPlatform

GOALS = {"warm_start_s": 20, "idle_memory_mb": 2500, "board_bytes": 60_000, "edge_ratio": 0.75}
BOARD = "/board/510104030006"
PAGES = ("/", BOARD, f"{BOARD}/fund", "/docs/venue")
API = "/api/identity/v1/divisions?within=510104030"


def memory_mb(pid: int) -> dict[str, float]:
    """Sum the proportional set size of a process and everything it started, by program."""
    total: dict[str, float] = {}
    for one in _tree(pid):
        try:
            rollup = (Path("/proc") / str(one) / "smaps_rollup").read_text()
            name = (Path("/proc") / str(one) / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        kilobytes = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        total[_program(name)] = total.get(_program(name), 0) + kilobytes / 1024
    return {name: round(value, 1) for name, value in sorted(total.items())} | {"total": round(sum(total.values()), 1)}


def pages(platform: RunningPlatform) -> dict[str, Any]:
    """Bytes of each page's HTML and of its stylesheet, as sent to a browser that takes gzip."""
    sizes = {path: _get(platform.address, path, {"Accept-Encoding": "gzip"})[1] for path in PAGES}
    html = _get(platform.address, BOARD, {})[2].decode()
    sheet = html.split('rel="stylesheet" href="')[1].split('"')[0]
    style = _get(platform.address, sheet, {"Accept-Encoding": "gzip"})[1]
    return {"html_bytes": sizes, "stylesheet_bytes": style, "board_first_load_bytes": sizes[BOARD] + style}


def edge_against_direct(platform: RunningPlatform, rounds: int = 3, requests: int = 60) -> dict[str, Any]:
    """Requests a second of one client through the edge and straight at the service, in turns.

    Few enough requests for the edge's own limit for one address; the pauses let its bucket fill again.
    """
    direct = f"http://127.0.0.1:{platform.ports['identity web']}"
    ratios, through, straight = [], [], []
    for _ in range(rounds):
        time.sleep(5)
        straight.append(_rate(direct, requests))
        through.append(_rate(platform.address, requests))
        ratios.append(through[-1] / straight[-1])
    return {
        "direct_rps": round(statistics.median(straight), 1),
        "edge_rps": round(statistics.median(through), 1),
        "ratio": round(statistics.median(ratios), 2),
        "clients": 1,
    }


def _rate(address: str, requests: int) -> float:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    started = time.monotonic()
    for _ in range(requests):
        connection.request("GET", API)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(f"{address}{API} answered {answer.status}")
    connection.close()
    return requests / (time.monotonic() - started)


def _get(address: str, path: str, headers: dict[str, str]) -> tuple[int, int, bytes]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, len(body), body


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(words[1]), []).append(int(status.parent.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def _program(command: str) -> str:
    for mark in ("kafka.Kafka", "postgres", "gateway.edge", "gateway.web", "linli_local", "worker", "gunicorn"):
        if mark in command:
            return {"kafka.Kafka": "kafka", "gunicorn": "web processes", "worker": "workers"}.get(mark, mark)
    return "other"
