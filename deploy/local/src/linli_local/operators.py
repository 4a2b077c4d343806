# SPDX-License-Identifier: Apache-2.0
"""What an operator does by hand on a running platform: look into a database, replay, rotate keys, start over."""

import os
import shutil
import subprocess
import sys

from linli_local import instance, plans
from linli_local.databases import roles_of
from linli_local.domain_clock import DomainClock
from linli_local.failures import AlreadyRunning, ProcessFailed, SettingsWrong
from linli_local.postgres import Server
from linli_local.postgres_binaries import find
from linli_local.secret_store import SecretStore
from linli_local.settings import Settings


def psql(settings: Settings, service: str, kind: str, division: str) -> int:
    """Becomes psql, signed in as that role, with the division set as the services set it."""
    _require_running(settings)
    _require_service(settings, service, also=("edge",))
    role = f"{service}_{kind}"
    if role not in roles_of(service):
        kinds = ", ".join(name.removeprefix(f"{service}_") for name in roles_of(service))
        raise SettingsWrong(f"{service} has no role {kind}", f"Say one of these: {kinds}.")
    program = shutil.which("psql") or find(settings.postgres_binaries).path("psql")
    environment = dict(
        os.environ,
        PGHOST=str(settings.sockets / "pg"),
        PGUSER=role,
        PGDATABASE=service,
        PGPASSWORD=SecretStore(settings.secrets).database_passwords()[role],
    )
    if division:
        environment["PGOPTIONS"] = f"-c app.division={division}"
    os.execve(program, [program], environment)  # noqa: S606 - the person's own terminal takes over


def replay(settings: Settings, service: str, group: str) -> int:
    """The service's own command, with the environment its worker has."""
    _require_running(settings)
    _require_service(settings, service)
    environment = _environments(settings).service_worker(service)
    command = plans.module(service, "replay", "--group", group or f"linli.{service}")
    return subprocess.run(command, env=environment, cwd=settings.root, check=False).returncode  # noqa: S603


def rotate_keys(settings: Settings) -> int:
    _require_running(settings)
    environment = _environments(settings).service_web("identity", cpu=None)
    command = plans.module("identity", "rotate-keys")
    return subprocess.run(command, env=environment, cwd=settings.root, check=False).returncode  # noqa: S603


def clean_data(settings: Settings, sure: bool) -> int:
    """Removes var: databases, events, secrets, accounts and logs of this machine."""
    if instance.is_running(settings.var):
        raise AlreadyRunning("the platform runs on these data", "Stop it first (Ctrl-C in its terminal).")
    if not settings.var.exists():
        print("  there are no data to delete")
        return 0
    if not sure and not _agreed(f"  Delete everything in {settings.var}? Type yes: "):
        print("  nothing was deleted")
        return 1
    shutil.rmtree(settings.var)
    if settings.var not in settings.sockets.parents:
        shutil.rmtree(settings.sockets, ignore_errors=True)
    print(f"  deleted {settings.var}")
    return 0


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() == "yes"
    except EOFError:
        return False


def _environments(settings: Settings) -> plans.Environments:
    secrets = SecretStore(settings.secrets)
    server = Server(settings.postgres_data, settings.sockets / "pg", "", process=None)
    offset = DomainClock(settings.var / "clock.json").kept_offset()
    return plans.Environments(settings, server, secrets, offset)


def _require_running(settings: Settings) -> None:
    if not instance.is_running(settings.var):
        raise ProcessFailed("the platform does not run", "Start it first: make run")


def _require_service(settings: Settings, service: str, also: tuple[str, ...] = ()) -> None:
    known = (*settings.services, *also)
    if service not in known:
        print(f"  usage: SERVICE={'|'.join(known)}", file=sys.stderr)
        raise SettingsWrong(f"there is no service {service!r}", f"Say one of these: {', '.join(known)}.")
