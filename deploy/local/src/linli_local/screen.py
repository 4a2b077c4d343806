# SPDX-License-Identifier: Apache-2.0
"""What a person sees while the platform starts and runs: one line per step, and what went wrong since."""

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

WORTH_SHOWING = {"WARNING", "ERROR", "CRITICAL"}
AT_MOST_PER_LOOK = 5


class Screen:
    def __init__(self, output: TextIO = sys.stdout):
        self.output = output
        self.live = output.isatty()

    def line(self, text: str = "") -> None:
        self._write(("\r\033[K" if self.live else "") + text + "\n")

    def trouble(self, text: str) -> None:
        self.line(f"  ! {time.strftime('%H:%M:%S')} {text}")

    def progress(self, text: str) -> None:
        """A passing state: overwritten on a terminal, left out elsewhere."""
        if self.live:
            self._write(f"\r\033[K  … {text}"[:110])

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        self.progress(name)
        yield
        self.line(f"  ✓ {name} · {time.monotonic() - began:.1f} s")

    def _write(self, text: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.output.write(text)
            self.output.flush()


class LogWatch:
    """Reads what was appended to the log files and picks out warnings and errors, as one line each."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._read_up_to = {path: path.stat().st_size for path in folder.glob("*.log")}

    def look(self) -> list[str]:
        found = []
        for path in sorted(self.folder.glob("*.log")):
            start = self._read_up_to.get(path, 0)
            size = path.stat().st_size
            if size > start:
                with open(path, "rb") as file:
                    file.seek(start)
                    text = file.read(size - start)
                whole = text[: text.rfind(b"\n") + 1]  # a half-written line waits for its rest
                self._read_up_to[path] = start + len(whole)
                found += [f"{path.stem}: {line}" for line in _worth_showing(whole)]
        if len(found) > AT_MOST_PER_LOOK:
            rest = len(found) - AT_MOST_PER_LOOK
            return [*found[:AT_MOST_PER_LOOK], f"… and {rest} more lines in {self.folder}"]
        return found


def _worth_showing(text: bytes) -> Iterator[str]:
    for line in text.decode(errors="replace").splitlines():
        with contextlib.suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, dict) and str(record.get("level", "")).upper() in WORTH_SHOWING:
                yield str(record.get("message") or record.get("event") or line)[:200]


def roll_over(folder: Path, limit_bytes: int = 10_000_000) -> None:
    """At a start, a long log becomes `….log.1`; one old file of each is kept."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > limit_bytes:
            path.replace(path.with_suffix(".log.1"))
