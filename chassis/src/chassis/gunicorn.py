# SPDX-License-Identifier: Apache-2.0
"""How a web process is served; a service's ``gunicorn.conf.py`` is ``from chassis.gunicorn import *``.

Measured (benchmarks): one worker pinned to one CPU with uvloop serves more than two unpinned ones, and a
keep-alive shorter than the edge's client pool makes POSTs fail, so the edge lets go after 2 s and we after 5.
"""

from __future__ import annotations

import os
import sys
from typing import Any

bind = os.environ.get("LINLI_BIND", "127.0.0.1:8000")
worker_class = "asgi"
asgi_loop = "uvloop"
asgi_lifespan = "on"
workers = 1
keepalive = 5
graceful_timeout = 20
timeout = 60
backlog = 512
limit_request_line = 8190
limit_request_fields = 64
control_socket_disable = True
accesslog = None
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  gunicorn's heartbeat file


def post_fork(_server: Any, worker: Any) -> None:
    """Pin the worker to the CPU of LINLI_PIN_CPU, where it is given and the system can."""
    cpu = os.environ.get("LINLI_PIN_CPU", "")
    if cpu.isdigit() and hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[int(cpu) % len(allowed)]})
        worker.log.info("pinned to CPU %s", cpu)


def serve(application: str, *extra: str) -> None:
    """Replace this process by gunicorn serving ``module:factory()``; signals then reach it directly."""
    arguments = [sys.executable, "-m", "gunicorn", "-c", "python:chassis.gunicorn", *extra, application]
    os.execv(sys.executable, arguments)  # noqa: S606  our own interpreter, no shell
