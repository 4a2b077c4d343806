# SPDX-License-Identifier: Apache-2.0
"""A small project folder with stand-in services and free ports, in which the runner really runs."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODULES = ("identity", "engagement", "disclosure", "venue", "gateway.web", "gateway.edge")
PORT_ENTRIES = re.compile(r"\b(port|web|worker)( *= *)\d+")


class Project:
    """A scratch copy of what `make run` needs, in a short private folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.settings = folder / "settings.toml"
        text = (ROOT / "deploy/local/settings.toml").read_text()
        text = re.sub(r"^(official|demo|demo_when_ready) = .*$", r"\1 = []", text, flags=re.MULTILINE)
        self.settings.write_text(PORT_ENTRIES.sub(lambda found: f"{found[1]}{found[2]}{free_port()}", text))
        stand_in = (ROOT / "deploy/local/tests/standin.py").read_text()
        for module in MODULES:
            package = folder / "standins" / module.replace(".", "/")
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").touch()
            (package / "__main__.py").write_text(f"{stand_in}\n\nmain({module!r})\n")
        (folder / "standins/gateway/__init__.py").touch()

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def change(self, old: str, new: str) -> None:
        text = self.settings.read_text()
        assert old in text
        self.settings.write_text(text.replace(old, new))

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": str(self.folder / "standins"),
            "LINLI_LOCAL_SETTINGS": str(self.settings),
            "DEMO": "1",
            **more,
        }

    def command(self, *words: str, input: str = "", **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "linli_local", *words],
            cwd=self.folder,
            env=self.environment(**more),
            input=input,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def run(self, **more: str) -> "Run":
        return Run(self, self.environment(**more))

    def port(self, name: str) -> int:
        return int(re.search(rf"^{name} *= *(\d+)", self.settings.read_text(), re.MULTILINE)[1])

    @property
    def kafka_port(self) -> int:
        return int(re.search(r"\[kafka\].*?port = (\d+)", self.settings.read_text(), re.DOTALL)[1])

    def processes(self) -> dict[str, dict]:
        rows = json.loads((self.var / "processes.json").read_text())["processes"]
        return {row["name"]: row for row in rows}


class Run:
    """`python -m linli_local run` as a process of its own; what it says is in `said`."""

    def __init__(self, project: Project, environment: dict[str, str]):
        self.project = project
        self.output = open(project.folder / "output.txt", "wb+")  # noqa: SIM115 - closed in stop()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "linli_local", "run"],
            cwd=project.folder,
            env=environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        return (self.project.folder / "output.txt").read_text()

    def wait_for(self, text: str, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.said:
            assert self.process.poll() is None, f"it ended: {self.said}"
            assert time.monotonic() < deadline, f"never said {text!r}: {self.said}"
            time.sleep(0.1)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.process.wait(120)
        self.output.close()
        return code


@pytest.fixture(scope="module")
def new_project():
    made = []

    def make():
        made.append(Path(tempfile.mkdtemp(prefix="ll")))
        return Project(made[-1])

    yield make
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def project(new_project):
    return new_project()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
