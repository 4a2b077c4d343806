# SPDX-License-Identifier: Apache-2.0
"""Running a relay or consumer beside a test, and waiting for what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chassis.worker import Loop


def until(condition: Callable[[], object], what: str, seconds: float = 90) -> None:
    """Wait until the condition holds; fail, saying what was waited for, when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for: {what}")
        time.sleep(0.02)


@contextmanager
def running(part: Loop) -> Iterator[Loop]:
    """Run a part of the worker in a thread of its own while inside the block."""
    stop = threading.Event()
    thread = threading.Thread(target=part.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield part
    finally:
        stop.set()
        thread.join(60)
        if thread.is_alive():
            raise AssertionError("the loop did not end within 60 s of being told to")
