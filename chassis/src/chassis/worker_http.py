# SPDX-License-Identifier: Apache-2.0
"""Health and metrics of a process that serves no API: /livez, /readyz and /metrics on a port of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from chassis.metrics import exposition

Check = Callable[[], dict[str, str]]


class HealthServer:
    """Answers while used as a context manager. A check returns what is wrong, by part; nothing is wrong when empty."""

    def __init__(self, host: str, port: int, *, alive: Check, ready: Check) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(alive, ready))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="health", daemon=True)

    @property
    def port(self) -> int:
        """The port in use, chosen by the system where 0 was asked for."""
        return self._server.server_address[1]

    def __enter__(self) -> HealthServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(alive: Check, ready: Check) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, *exposition())
            elif self.path in ("/livez", "/readyz"):
                wrong = alive() if self.path == "/livez" else ready()
                self._answer(503 if wrong else 200, json.dumps(wrong).encode(), "application/json")
            else:
                self._answer(404, b"{}", "application/json")

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: probes come every few seconds."""

    return Handler
