# SPDX-License-Identifier: Apache-2.0
"""One platform per var folder, and the record of its processes that `make status` reads."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from linli_local.failures import AlreadyRunning, FolderUnusable

RECORD = "processes.json"
LOCK = "running.lock"


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Holds the folder's lock while the platform runs; the kernel lets go of it however we end."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = open(var / LOCK, "a+")  # noqa: SIM115 - it stays open as long as the lock is held
    except OSError as error:
        raise FolderUnusable(
            f"cannot write in {var}: {error.strerror}",
            "Give this user the right to write there, or remove the folder var if another user made it.",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(
                f"the platform already runs on {var} (pid {_said(lock)})",
                "Stop that one first (Ctrl-C in its terminal), or look at it with `make status`.",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        (var / RECORD).unlink(missing_ok=True)


def is_running(var: Path) -> bool:
    try:
        with open(var / LOCK) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def record(var: Path, processes: Iterable[dict]) -> None:
    beside = var / f"{RECORD}.new"
    beside.write_text(json.dumps({"supervisor": os.getpid(), "processes": list(processes)}, indent=1))
    os.replace(beside, var / RECORD)


def recorded(var: Path) -> dict:
    try:
        return json.loads((var / RECORD).read_text())
    except (OSError, ValueError):
        return {"processes": []}


def _said(lock) -> str:
    lock.seek(0)
    return lock.read().strip() or "unknown"
