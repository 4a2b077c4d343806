# SPDX-License-Identifier: Apache-2.0
"""The whole platform as ``make run`` starts it, on ports and in a folder of its own, at a chosen domain time."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from linli_local.secret_store import SecretStore

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 420


@dataclass
class RunningPlatform:
    """Where it is reached and what its first run printed or wrote."""

    address: str
    var: Path
    environment: dict[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    pid: int = 0
    ready_after_seconds: float = 0
    output: list[str] = field(default_factory=list)

    @property
    def passwords(self) -> dict[str, str]:
        """Password by username, as ``var/accounts.json`` has them."""
        accounts = json.loads((self.var / "accounts.json").read_text(encoding="utf-8"))
        return {account["username"]: account["password"] for account in accounts}

    def url(self, service: str, role: str) -> str:
        """Return the address of one of a service's roles."""
        name = f"{service}_{role}"
        password = quote(SecretStore(self.var / "secrets").database_passwords()[name], safe="")
        return f"postgresql+psycopg://{name}:{password}@/{service}?host={self.var / 'run' / 'pg'}"

    def database(self, service: str, role: str, division: str) -> psycopg.Connection:
        """Connect as one of a service's roles with the division set."""
        connection = psycopg.connect(self.url(service, role).replace("+psycopg", ""), autocommit=True)
        connection.execute("SELECT set_config('app.division', %s, false)", (division,))
        return connection

    def command(self, *words: str) -> str:
        """Run one of the operator's commands and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "linli_local", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout


@contextmanager
def running(demo_now: str = "", folder: Path | None = None) -> Iterator[RunningPlatform]:
    """Start it, wait until it says that it is ready, and stop it as Ctrl-C does.

    ``folder`` keeps the data for a next start; without one it is a new folder that goes away at the end.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="llj"))
    place.chmod(0o755)
    ports = _free_ports(10)
    platform = RunningPlatform(f"http://localhost:{ports[0]}", place / "var", _environment(place, ports, demo_now))
    platform.ports = _names(ports)
    process = subprocess.Popen(
        [sys.executable, "-m", "linli_local", "run"],
        cwd=ROOT,
        env=platform.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    platform.pid = process.pid
    try:
        _wait(process, platform)
        yield platform
    finally:
        _keep(platform)
        _stop(process)
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    assert process.stdout is not None
    process.stdout.close()


def _environment(folder: Path, ports: list[int], demo_now: str) -> dict[str, str]:
    settings = folder / "settings.toml"
    settings.write_text(_settings(folder / "var", ports), encoding="utf-8")
    told = {"LINLI_LOCAL_SETTINGS": str(settings), "PORT": str(ports[0]), "PYTHONUNBUFFERED": "1"}
    inherited = {name: value for name, value in os.environ.items() if name not in ("TLS", "DEMO", "DEMO_NOW")}
    return inherited | told | ({"DEMO_NOW": demo_now} if demo_now else {})


def _names(ports: list[int]) -> dict[str, int]:
    """Name the ports in the order in which they were put into the settings file."""
    services = tomllib.loads((ROOT / "deploy/local/settings.toml").read_text(encoding="utf-8"))["services"]
    names = [f"{service} {kind}" for service, kinds in services.items() for kind in kinds]
    return dict(zip(["edge", "kafka", *names], ports, strict=True))


def _keep(platform: RunningPlatform) -> None:
    """Keep what it printed and logged: a failed journey is understood from there."""
    kept = ROOT / "var" / "journey" / "log"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    (kept / "platform.txt").write_text("\n".join(platform.output), encoding="utf-8")
    for log in (platform.var / "log").glob("*.log"):
        shutil.copy(log, kept)


def _wait(process: subprocess.Popen[str], platform: RunningPlatform) -> None:
    started, ready = time.monotonic(), threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            platform.output.append(line.rstrip())
            if "Linli is ready" in line:
                ready.set()
        ready.set()  # it ended

    threading.Thread(target=read, daemon=True).start()
    ready.wait(PATIENCE_SECONDS)
    platform.ready_after_seconds = time.monotonic() - started
    if not any("Linli is ready" in line for line in platform.output):
        raise AssertionError("the platform did not start:\n" + "\n".join(platform.output[-30:]))


def _settings(var: Path, ports: list[int]) -> str:
    """Take the project's own settings file with another folder and other ports."""
    text = (ROOT / "deploy/local/settings.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    known = [read["kafka"]["port"], *(port for service in read["services"].values() for port in service.values())]
    fresh = dict(zip(map(str, known), map(str, ports[1:]), strict=True))
    text = re.sub(r"\b\d{4,5}\b", lambda found: fresh.get(found[0], found[0]), text)
    return text.replace('var = "var"', f'var = "{var}"', 1)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
