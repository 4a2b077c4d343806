# SPDX-License-Identifier: Apache-2.0
"""Password hashing with argon2id behind a gate: memory for a few hashes at a time, never for as many as ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from chassis.errors import Unavailable

AT_ONCE = 4
PATIENCE_SECONDS = 3.0


class Hasher:
    """argon2id with OWASP's minimum (19 MiB, two passes, one lane: some 20 ms)."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._argon2 = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._gate = threading.BoundedSemaphore(at_once)
        self._nobody = self._argon2.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """Hash a password."""
        with self._turn():
            return self._argon2.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Compare; without a stored hash it takes as long and says no."""
        with self._turn():
            try:
                return self._argon2.verify(stored or self._nobody, password) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._gate.acquire(timeout=PATIENCE_SECONDS):
            raise Unavailable("sign_in_busy", headers={"Retry-After": "5"})
        try:
            yield
        finally:
            self._gate.release()
