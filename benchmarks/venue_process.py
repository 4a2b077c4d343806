# SPDX-License-Identifier: Apache-2.0
"""The venue's web process as it runs in production, for load and race runs: one process, a real socket, real tokens."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import TokenFactory
from venue.settings import Settings

ROOT = Path(__file__).parents[1]
NOWHERE = "http://localhost:1"


def settings(database: ServiceDatabase, jwks_url: str = NOWHERE) -> Settings:
    """Settings of a production process on a database."""
    return Settings(
        environment="production", issuer="http://localhost:8080", jwks_url=jwks_url, contracts_dir=ROOT / "contracts",
        app_database_url=database.url("app"), public_database_url=database.url("public"),
    )  # fmt: skip


@contextmanager
def key_set(tokens: TokenFactory) -> Iterator[str]:
    """Serve the keys the web process verifies tokens with; gives their address."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(tokens.jwks).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/jwks"
        server.shutdown()


@dataclass(frozen=True)
class Web:
    """A running web process."""

    port: int
    pid: int

    @property
    def base(self) -> str:
        """Where its API begins."""
        return f"http://127.0.0.1:{self.port}/api/venue/v1"

    def cpu_seconds(self) -> float:
        """CPU used so far by gunicorn and its worker: steadier than a rate where others share the machine."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in (self.pid, *children)]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_web(database: ServiceDatabase, jwks_url: str, *, pool_size: int = 8, pin: bool = True) -> Iterator[Web]:
    """Start the web process, wait until it is ready, and stop it as an operator would."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wanted = settings(database, jwks_url)
    environment = os.environ | {
        "LINLI_ENVIRONMENT": wanted.environment, "LINLI_ISSUER": wanted.issuer, "LINLI_JWKS_URL": jwks_url,
        "LINLI_CONTRACTS_DIR": str(wanted.contracts_dir), "LINLI_APP_DATABASE_URL": wanted.app_database_url,
        "LINLI_PUBLIC_DATABASE_URL": wanted.public_database_url, "LINLI_BIND": f"127.0.0.1:{port}",
        "LINLI_POOL_SIZE": str(pool_size), "LINLI_LOG_LEVEL": "WARNING",
    } | ({"LINLI_PIN_CPU": "0"} if pin else {})  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "venue", "web"], env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process)
        yield Web(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the web process ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web process did not become ready")
