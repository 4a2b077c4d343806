# SPDX-License-Identifier: Apache-2.0
"""One process of the platform: how it is started, watched, started again and stopped.

Each runs in a process group of its own, so that stopping reaches all of it and nothing else, and each is
ended by the kernel should the supervisor itself be killed.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from linli_local.account import end_with_parent

LONGEST_DELAY = 30.0
PROVEN_SECONDS = 60.0  # a process that lived this long starts again at once when it ends


@dataclass(frozen=True)
class Plan:
    """What to start. `ready` is where it says that it serves: http://… or unix:/socket:/path."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    ready: str
    port: int | None = None

    @property
    def log_name(self) -> str:
        return self.name.replace(" ", "-") + ".log"


class Child:
    """A started plan. `look()` has to be called regularly; it starts again what ended."""

    def __init__(self, plan: Plan, logs: Path, folder: Path):
        self.plan, self.folder = plan, folder
        self.log = logs / plan.log_name
        self.restarts = 0
        self.process: subprocess.Popen | None = None
        self._started = 0.0
        self._in_a_row = 0
        self._start_again_at: float | None = None

    def start(self) -> None:
        self._started, self._start_again_at = time.monotonic(), None
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - the plan's command is ours
                self.plan.command,
                cwd=self.folder,
                env=dict(self.plan.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: end_with_parent(signal.SIGTERM),
            )

    def look(self) -> str | None:
        """Notices an end and, when its time has come, starts again. Returns a sentence when something happened."""
        if self._start_again_at is not None:
            if time.monotonic() < self._start_again_at:
                return None
            self.restarts += 1
            self.start()
            return f"{self.plan.name} started again"
        if self.process is None or not has_ended(self.process):
            return None
        code = reap_group(self.process)
        delay = self._next_delay()
        self._start_again_at = time.monotonic() + delay
        return f"{self.plan.name} ended with code {code}; it starts again in {delay:.0f} s ({self.log})"

    def _next_delay(self) -> float:
        if time.monotonic() - self._started > PROVEN_SECONDS:
            self._in_a_row = 0
        self._in_a_row += 1
        return min(LONGEST_DELAY, 2.0 ** (self._in_a_row - 1))

    def last_line(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").strip().splitlines()
            return lines[-1][:400] if lines else ""
        return ""

    def ask_to_stop(self) -> None:
        self._start_again_at = None
        if self.process is not None and not has_ended(self.process):
            signal_group(self.process, signal.SIGTERM)

    def stop(self, deadline: float) -> None:
        """Waits until the deadline (monotonic), then kills what is left of the group."""
        if self.process is None or self.process.returncode is not None:
            return
        while not has_ended(self.process) and time.monotonic() < deadline:
            time.sleep(0.02)
        reap_group(self.process)


def has_ended(process: subprocess.Popen) -> bool:
    """Without reaping: until then the group's number cannot become anybody else's."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def signal_group(process: subprocess.Popen, by: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, by)


def reap_group(process: subprocess.Popen) -> int:
    """Kills what is left of the process's group, then takes its exit code."""
    if process.returncode is None:
        signal_group(process, signal.SIGKILL)
    return process.wait()
