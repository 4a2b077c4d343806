# SPDX-License-Identifier: Apache-2.0
"""The worker process of a service: its relay, its consumer and its schedules, a thread each, with health and metrics.

A database or broker that is away makes the worker unready and never ends it. SIGTERM and SIGINT end it cleanly: what is
in hand is finished or rolled back, and what was not committed is done again by the next worker.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import Counter

from chassis.worker_http import HealthServer

log = logging.getLogger(__name__)
JOBS = Counter("linli_job_runs_total", "Runs of scheduled jobs by outcome", ["service", "job", "outcome"])
GRACE_SECONDS = 20


class Loop(Protocol):
    """A part of the worker: runs until told to stop, and tells what keeps it from working."""

    problem: str | None

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set."""
        ...


@dataclass(frozen=True)
class Job:
    """Something done by the clock. Every worker of a service runs it, so it must be safe to run twice at once.

    The jobs of one loop run one after another; what may wait long for somebody outside belongs in a loop of its own.
    """

    name: str
    every_seconds: float
    run: Callable[[], object]
    loop: str = "schedule"


class Schedule:
    """Runs jobs one after another, each when it is due; a job that fails is logged and tried at its next time."""

    problem: str | None = None

    def __init__(self, service: str, jobs: Sequence[Job]) -> None:
        self._service = service
        self._jobs = jobs
        self._due = dict.fromkeys((job.name for job in jobs), 0.0)

    def run(self, stop: threading.Event) -> None:
        """Run what is due until told to stop."""
        while not stop.is_set():
            for job in self._jobs:
                if time.monotonic() >= self._due[job.name] and not stop.is_set():
                    self._run(job)
                    self._due[job.name] = time.monotonic() + job.every_seconds
            stop.wait(max(0.0, min(self._due.values()) - time.monotonic()))

    def _run(self, job: Job) -> None:
        try:
            job.run()
            JOBS.labels(self._service, job.name, "done").inc()
        except Exception:  # a job's failure is its own; the next time may be better
            JOBS.labels(self._service, job.name, "failed").inc()
            log.exception("job %s failed", job.name)


def run(
    service: str,
    relay: Loop | None = None,
    consumer: Loop | None = None,
    schedule: Sequence[Job] = (),
    metrics_port: int = 0,
    *,
    host: str = "127.0.0.1",
    stop: threading.Event | None = None,
) -> int:
    """Run the worker until a signal (or ``stop``) ends it; return the process's exit code.

    Call it in the main thread of a process that does not fork afterwards: Kafka's clients do not survive a fork.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    parts: dict[str, Loop] = {name: part for name, part in (("relay", relay), ("consumer", consumer)) if part}
    for loop in dict.fromkeys(job.loop for job in schedule):
        parts[loop] = Schedule(service, [job for job in schedule if job.loop == loop])
    threads = {
        name: threading.Thread(target=_keep_running, args=(name, part, stop), name=name, daemon=True)
        for name, part in parts.items()
    }
    with HealthServer(host, metrics_port, alive=lambda: _dead(threads), ready=lambda: _problems(parts)):
        for thread in threads.values():
            thread.start()
        log.info("worker of %s runs: %s", service, ", ".join(parts))
        stop.wait()
        return _join(threads)


def _keep_running(name: str, part: Loop, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            part.run(stop)
        except Exception as error:
            part.problem = f"{type(error).__name__}: {error}"
            log.exception("%s failed and starts again", name)
            stop.wait(1)


def _join(threads: dict[str, threading.Thread]) -> int:
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [name for name, thread in threads.items() if thread.is_alive()]
    if left:
        log.error("did not end in %d s: %s", GRACE_SECONDS, ", ".join(left))
    return 1 if left else 0


def _dead(threads: dict[str, threading.Thread]) -> dict[str, str]:
    return {name: "its thread has ended" for name, thread in threads.items() if not thread.is_alive()}


def _problems(parts: dict[str, Loop]) -> dict[str, str]:
    return {name: part.problem for name, part in parts.items() if part.problem}
