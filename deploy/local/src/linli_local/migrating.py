# SPDX-License-Identifier: Apache-2.0
"""Brings every database to its newest revision: all at once, and only those whose migrations changed.

What was applied is noted inside the database's own data folder, so that it goes with the data.
"""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from linli_local import plans
from linli_local.failures import ProcessFailed
from linli_local.processes import has_ended, reap_group
from linli_local.supervisor import StopSignal

NOTE = "linli-migrated.json"


def migrate(environments: plans.Environments, stop_signal: StopSignal) -> list[str]:
    """Each service migrates itself, as the owner of its database. Returns the names that had something to do."""
    settings = environments.settings
    note = settings.postgres_data / NOTE
    applied, wanted = _read(note), fingerprints(settings.root, (*settings.services, "edge"))
    commands = plans.migrations(environments)
    behind = [name for name in commands if not wanted[name] or applied.get(name) != wanted[name]]
    started = {name: _start(environments, name, *commands[name]) for name in behind}
    try:
        while not all(has_ended(process) for process in started.values()):
            stop_signal.pause(0.05)
    finally:
        codes = {name: reap_group(process) for name, process in started.items()}
    for name, code in codes.items():
        if code != 0:
            raise _failed(settings.logs / f"{name}-migrate.log", name, code)
    note.write_text(json.dumps(wanted))
    return behind


def fingerprints(root: Path, names: tuple[str, ...]) -> Mapping[str, str]:
    """A hash of each one's revisions, and of how they are applied; empty where none are found: then it is asked."""
    shared = sorted((root / "chassis/src/chassis/migrations").glob("*.py"))
    own = {name: sorted(_home(root, name).glob("**/migrations/**/[0-9]*.py")) for name in names}
    return {name: _hash(files + shared) if files else "" for name, files in own.items()}


def _home(root: Path, name: str) -> Path:
    return root / ("gateway" if name == "edge" else f"services/{name}")


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _start(environments: plans.Environments, name: str, command, environment) -> subprocess.Popen:
    settings = environments.settings
    with open(settings.logs / f"{name}-migrate.log", "wb") as output:
        return subprocess.Popen(  # noqa: S603 - the plan's command is ours
            command,
            cwd=settings.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _failed(log: Path, name: str, code: int) -> ProcessFailed:
    last = (log.read_text(errors="replace").strip().splitlines() or [""])[-1]
    return ProcessFailed(f"the migration of {name} ended with code {code}: {last}", f"Its log is {log}")


def _read(note: Path) -> dict[str, str]:
    try:
        return json.loads(note.read_text())
    except (OSError, ValueError):
        return {}
