# SPDX-License-Identifier: Apache-2.0
"""`make doctor`: what this machine has, lacks or holds, each with how to mend it. Changes nothing."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from linli_local import instance, java, postgres_binaries
from linli_local.failures import CannotStart, NoJava, NoPostgres
from linli_local.health import holder_of, port_is_free
from linli_local.screen import Screen
from linli_local.settings import Settings

FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    good: bool
    what: str
    remedy: str = ""


def examine(settings: Settings, screen: Screen) -> int:
    """Prints every finding; 0 when `make run` should work."""
    findings = [finding for check in CHECKS for finding in check(settings)]
    for finding in findings:
        screen.line(f"  {'✓' if finding.good else '✗'} {finding.what}")
        if finding.remedy:
            screen.line(f"      → {finding.remedy}")
    bad = sum(not finding.good for finding in findings)
    screen.line()
    screen.line("  this machine is ready: make run" if not bad else f"  {bad} to mend")
    return 1 if bad else 0


def packages(settings: Settings) -> Iterator[Finding]:
    later = "not installed yet; `make run` does it (needs a network, about 1 GB)"
    yield Finding(True, f"packages are {'installed' if _installed() else later}")


def postgres(settings: Settings) -> Iterator[Finding]:
    try:
        found = postgres_binaries.find(settings.postgres_binaries)
        yield Finding(True, f"PostgreSQL {found.version} from {found.folder}")
    except NoPostgres as failure:
        yield from _unless_packages_bring_it("PostgreSQL", failure)


def broker_runtime(settings: Settings) -> Iterator[Finding]:
    try:
        found = java.find()
        yield Finding(True, f"Java {java.version_of(found)} from {found.parent}")
    except NoJava as failure:
        yield from _unless_packages_bring_it("Java", failure)


def _unless_packages_bring_it(what: str, failure: CannotStart) -> Iterator[Finding]:
    if _installed():
        yield Finding(False, failure.message, failure.remedy)
    else:
        yield Finding(True, f"no {what} of its own; the packages bring one")


def _installed() -> bool:
    return importlib.util.find_spec("chassis") is not None


def ports(settings: Settings) -> Iterator[Finding]:
    if instance.is_running(settings.var):
        yield Finding(True, "the platform runs already; `make status` shows it")
        return
    held = {port: what for port, what in settings.ports().items() if not port_is_free(port)}
    for port, what in held.items():
        remedy = "stop it, or choose another number in deploy/local/settings.toml (for the edge: PORT=…)"
        yield Finding(False, f"port {port} ({what}) is held by {holder_of(port) or 'another program'}", remedy)
    if not held:
        yield Finding(True, f"all {len(settings.ports())} ports are free")


def disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.var if settings.var.exists() else settings.root
    free = shutil.disk_usage(folder).free
    yield Finding(free > FREE_BYTES, f"{free / 1e9:.1f} GB free", "" if free > FREE_BYTES else "Free 2 GB or more.")
    if os.access(folder, os.W_OK):
        yield Finding(True, f"{folder} is writable")
    else:
        yield Finding(False, f"{folder} is not writable", "Give this user the right, or remove it.")


def browser(settings: Settings) -> Iterator[Finding]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    what = f"{found} for the browser tests" if found else "no Chromium: the browser tests of `make test` skip"
    yield Finding(True, what, "" if found else "Debian: apt-get install chromium fonts-noto-cjk")


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (packages, postgres, broker_runtime, ports, disk, browser)
