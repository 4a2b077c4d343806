# SPDX-License-Identifier: Apache-2.0
"""Starts processes, waits until each is ready, starts again what ends, and stops everything it started."""

import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linli_local.failures import CannotStart, ProcessFailed
from linli_local.health import is_ready
from linli_local.processes import Child, Plan, has_ended
from linli_local.screen import LogWatch, Screen

LOOK_SECONDS = 0.2
STOP_SECONDS = 12.0
ENDS_BEFORE_READY = 3


class Stopping(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM or a closed terminal."""


class StopSignal:
    """Turns signals into a flag, so that nothing is interrupted half-way."""

    def __init__(self) -> None:
        self.asked = False

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.asked = True

    def pause(self, seconds: float = LOOK_SECONDS) -> None:
        """Sleeps; raises Stopping as soon as somebody asked."""
        if not self.asked:
            time.sleep(seconds)
        if self.asked:
            raise Stopping


@dataclass
class Backing:
    """PostgreSQL or Kafka: `start` returns a handle with `process` and `stop()`."""

    name: str
    start: Callable[[], Any]
    handle: Any = None
    port: int | None = None
    restarts: int = 0

    def look(self) -> str | None:
        if self.handle is None or not has_ended(self.handle.process):
            return None
        self.handle.process.wait()
        self.restarts += 1
        try:
            self.handle = self.start()
        except CannotStart as failure:
            return f"{self.name} ended and does not start: {failure.message}"
        return f"{self.name} ended and was started again"


@dataclass
class Supervisor:
    logs: Path
    folder: Path
    screen: Screen
    stop_signal: StopSignal
    backings: list[Backing] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    def start(self, plans: Iterable[Plan]) -> None:
        for plan in plans:
            child = Child(plan, self.logs, self.folder)
            child.start()
            self.children.append(child)

    def wait_until_ready(self, child: Child, patience_seconds: float) -> None:
        """Raises ProcessFailed with the log's last line when it takes too long or keeps ending."""
        deadline = time.monotonic() + patience_seconds
        while not is_ready(child.plan.ready):
            self.look()
            if child.restarts >= ENDS_BEFORE_READY or time.monotonic() > deadline:
                ended = child.restarts >= ENDS_BEFORE_READY
                how = "keeps ending" if ended else f"is not ready after {patience_seconds:.0f} s"
                raise ProcessFailed(f"{child.plan.name} {how}: {child.last_line()}", f"Its log is {child.log}")
            self.stop_signal.pause(0.05)

    def look(self) -> None:
        for each in (*self.backings, *self.children):
            if said := each.look():
                self.screen.trouble(said)

    def watch(self, now_and_then: Callable[[], None]) -> None:
        """Until somebody asks to stop: restarts, and warnings from the logs as they come."""
        logs, since = LogWatch(self.logs), 0.0
        while True:
            self.look()
            for line in logs.look():
                self.screen.trouble(line)
            if time.monotonic() - since > 5:
                now_and_then()
                since = time.monotonic()
            self.stop_signal.pause()

    def stop(self) -> None:
        """In reverse order of starting: first what people reach, last the database."""
        for child in reversed(self.children):
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            child.stop(deadline)
        for backing in reversed(self.backings):
            if backing.handle is not None:
                backing.handle.stop()

    def described(self) -> list[dict]:
        """For `make status`: what each process is and where it says that it serves."""
        rows = [
            {
                "name": backing.name,
                "pid": backing.handle.process.pid if backing.handle else None,
                "port": backing.port,
                "restarts": backing.restarts,
                "ready": None,
            }
            for backing in self.backings
        ]
        return rows + [
            {
                "name": child.plan.name,
                "pid": child.process.pid if child.process else None,
                "port": child.plan.port,
                "restarts": child.restarts,
                "ready": child.plan.ready,
            }
            for child in self.children
        ]
