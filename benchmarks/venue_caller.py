# SPDX-License-Identifier: Apache-2.0
"""Somebody on one kept-alive connection to the venue's API, as a partner's program would be."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

BASE = "/api/venue/v1"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]

    @property
    def outcome(self) -> str:
        """``201``, ``409 slot_taken``: the status with the machine's word for a refusal."""
        return f"{self.status} {self.body['code']}" if "code" in self.body else str(self.status)


class Caller:
    """A person or a program with a token of its own."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any = None, version: int | None = None) -> Answer:
        """Send one request under a fresh idempotency key; once more under the same where the line was idle too long."""
        headers = self._headers | {"Idempotency-Key": str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        wanted = (method, BASE + path, None if body is None else json.dumps(body), headers)
        try:
            return self._ask(*wanted)
        except ConnectionError:
            self._connection.close()
            return self._ask(*wanted)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, *wanted: Any) -> Answer:
        self._connection.request(*wanted)
        answer = self._connection.getresponse()
        raw = answer.read()
        return Answer(answer.status, json.loads(raw) if raw else {})
