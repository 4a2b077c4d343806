# SPDX-License-Identifier: Apache-2.0
"""Fills an empty platform once: the official divisions, then (unless DEMO=0) synthetic people and history.

The commands stand in settings.toml. Most run before any process does: history is written to its end before a worker
judges it by today's clock. What was done is noted per command, so a run that was killed in the middle goes on with
the command it was in: each has to be safe to repeat.
"""

import json
import subprocess
import sys
from pathlib import Path

from linli_local.failures import ProcessFailed
from linli_local.plans import Environments
from linli_local.processes import has_ended, reap_group
from linli_local.screen import Screen
from linli_local.settings import Settings
from linli_local.supervisor import StopSignal

Commands = tuple[tuple[str, ...], ...]


def seed(
    commands: Commands, settings: Settings, environments: Environments, screen: Screen, stop_signal: StopSignal
) -> None:
    """Run what was not run before. Raises ProcessFailed."""
    marker = settings.var / "seeded.json"
    done = _read(marker)
    for command in commands:
        label = " ".join(command)
        if label not in done:
            with screen.step(f"seed: {label}"):
                _run(command, settings, environments, stop_signal)
            done.append(label)
            marker.write_text(json.dumps(done))


def _run(command, settings: Settings, environments: Environments, stop_signal: StopSignal) -> None:
    log = settings.logs / "seed.log"
    words = (sys.executable, *command[1:]) if command[0] == "python" else command
    with open(log, "ab") as output:
        process = subprocess.Popen(  # noqa: S603 - from our own settings file
            words,
            cwd=settings.root,
            env=environments.tool(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not has_ended(process):
            stop_signal.pause()
    finally:
        code = reap_group(process)
    if code != 0:
        last = (log.read_text(errors="replace").strip().splitlines() or [""])[-1]
        raise ProcessFailed(
            f"filling in the first data failed: {last}",
            f"Its log is {log}. `make run` tries again; `make clean-data` starts over.",
        )


def _read(marker: Path) -> list[str]:
    try:
        return json.loads(marker.read_text())
    except (OSError, ValueError):
        return []
