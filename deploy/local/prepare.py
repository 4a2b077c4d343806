# SPDX-License-Identifier: Apache-2.0
"""Makes .venv ready: checks Python, installs the locked packages and our own distributions.

Standard library only, and old syntax on purpose: an old Python has to get far enough to be told so.
Quick when nothing changed (a stamp in .venv holds the hash of everything that went in), and safe to
repeat after it was killed: the stamp is written last.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/local/src"))

from linli_local.failures import (  # noqa: E402 - the package is not installed yet
    CannotStart,
    FolderUnusable,
    PackagesRefused,
    PackagesUnreachable,
    PythonTooOld,
    VenvMissing,
)

OLDEST = (3, 11)
LOCKS = {"local": "requirements/local.lock", "dev": "requirements/dev.lock"}
DISTRIBUTIONS = (
    "chassis",
    "services/identity",
    "services/engagement",
    "services/disclosure",
    "services/venue",
    "gateway",
    "deploy/local",
)
# What pip says when the package index cannot be reached, or offers nothing at all.
UNREACHABLE = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Failed to establish a new connection"
    r"|Connection refused|Network is unreachable|ConnectTimeout|Read timed out|ProxyError|SSLError"
    r"|No matching distribution found|Could not find a version|Max retries exceeded|Tunnel connection failed"
)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lock", choices=sorted(LOCKS), default="local")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    chosen = parser.parse_args(arguments)
    try:
        check_python(sys.version_info)
        prepare(chosen.venv, chosen.lock)
    except CannotStart as failure:
        print(f"\n✗ {failure.message}\n  → {failure.remedy}", file=sys.stderr)
        return failure.exit_code
    return 0


def check_python(version):
    if tuple(version[:2]) < OLDEST:
        raise PythonTooOld(
            "this is Python {}.{}; Linli needs {}.{} or newer".format(*version[:2], *OLDEST),
            "Install a newer Python (Debian: apt-get install python3 python3-venv) and say which one: "
            "make run PYTHON=python3.12",
        )


def prepare(venv, lock):
    """Brings the environment to the state of the lock file, or does nothing when it is there already."""
    began = time.monotonic()
    wanted = fingerprint(lock)
    if is_sound(venv) and stamped(venv).get(lock) == wanted:
        return
    make_venv(venv)
    pip_install(venv, "packages", ["--require-hashes", "-r", str(ROOT / LOCKS[lock])], count_of(lock))
    editable = [word for folder in DISTRIBUTIONS for word in ("-e", str(ROOT / folder))]
    pip_install(venv, "Linli itself", ["--no-deps", "--no-build-isolation", *editable], len(DISTRIBUTIONS))
    stamp(venv, lock, wanted)
    say(f"✓ packages ready ({time.monotonic() - began:.0f} s)", end="\n")


def fingerprint(lock):
    """Everything whose change makes a new installation necessary; a path too, for editable installs."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in [LOCKS[lock]] + [folder + "/pyproject.toml" for folder in DISTRIBUTIONS]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamped(venv):
    try:
        return json.loads((venv / "linli-prepared.json").read_text())
    except (OSError, ValueError):
        return {}


def stamp(venv, lock, value):
    # The development packages contain the local ones, so a later `make run` has nothing to do.
    known = {name: fingerprint(name) for name in LOCKS} if lock == "dev" else {lock: value}
    (venv / "linli-prepared.json").write_text(json.dumps(known))


def is_sound(venv):
    """Whether the environment's own interpreter starts; a killed first run leaves one that does not."""
    try:
        ran = subprocess.run(  # noqa: S603 - our own environment's interpreter
            [str(venv / "bin/python"), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"],
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def make_venv(venv):
    if is_sound(venv):
        return
    say(f"creating {venv.name} …")
    shutil.rmtree(str(venv), ignore_errors=True)
    made = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True, check=False
    )
    if made.returncode == 0:
        return
    said = made.stdout + made.stderr
    shutil.rmtree(str(venv), ignore_errors=True)
    if "Permission denied" in said or "No space left" in said or "Read-only file system" in said:
        raise FolderUnusable(
            f"cannot create {venv}: {last_line(said)}",
            "Free some space (about 1 GB) or put the project where this user may write.",
        )
    raise VenvMissing(
        f"this Python cannot create a virtual environment: {last_line(said)}",
        "Install its venv module (Debian: apt-get install python3-venv) and try again.",
    )


def pip_install(venv, what, arguments, expected):
    """Runs pip with one line of progress; its whole output goes to var/log/prepare.log."""
    log_path = ROOT / "var/log/prepare.log"
    command = [str(venv / "bin/python"), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", *arguments]
    environment = dict(os.environ, PIP_NO_COLOR="1", PYTHONUNBUFFERED="1")
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        log = log_path.open("a")
    except OSError as error:
        raise FolderUnusable(
            f"cannot write {log_path}: {error.strerror}",
            "Make the folder var writable for this user, or remove it if another user made it.",
        ) from error
    with log:
        process = subprocess.Popen(  # noqa: S603 - our own pip
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        tail, code = follow(process, log, what, expected)
    if code != 0:
        raise explain(what, tail, log_path)


def follow(process, log, what, expected):
    seen, tail = set(), []
    for line in process.stdout:
        log.write(line)
        tail = [*tail, line][-40:]
        name = re.match(r"\s*(?:Collecting|Requirement already satisfied:|Obtaining) (\S+)", line)
        if name:
            seen.add(name[1])
            last = name[1].split("==")[0].rsplit("/", 1)[-1]
            say(f"{what}: {len(seen)} of {expected} · {last}")
        elif line.startswith("Installing collected"):
            say(f"{what}: unpacking {len(seen)} …")
    return "".join(tail), process.wait()


def explain(what, tail, log_path):
    errors = [line for line in tail.splitlines() if "ERROR" in line] or [last_line(tail)]
    reason = errors[0].replace("ERROR: ", "").strip()
    if "No space left" in tail or "Permission denied" in tail:
        return FolderUnusable(
            f"cannot install {what}: {reason}",
            "Free some space (about 1 GB), or give this user the right to write here.",
        )
    if UNREACHABLE.search(tail):
        return PackagesUnreachable(
            f"the packages could not be fetched: {reason}",
            "Connect this machine to a network with a package index, or name the one your network has "
            "(PIP_INDEX_URL=…), and run it again: it goes on where it stopped.",
        )
    return PackagesRefused(f"pip could not install {what}: {reason}", f"The whole story is in {log_path}.")


def count_of(lock):
    return sum(1 for line in (ROOT / LOCKS[lock]).read_text().splitlines() if re.match(r"[a-z0-9].*==", line))


def last_line(text):
    return (text.strip().splitlines() or ["no reason given"])[-1]


def say(text, end=""):
    """One line that is overwritten on a terminal; only finished lines elsewhere."""
    if sys.stdout.isatty():
        print("\r\033[K" + text[:100], end=end, flush=True)
    elif end:
        print(text, end=end, flush=True)


if __name__ == "__main__":
    sys.exit(main())
