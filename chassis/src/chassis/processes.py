# SPDX-License-Identifier: Apache-2.0
"""What ``python -m <service>`` does alike everywhere: name the process, say what is missing, serve, relay, migrate.

Imports wait until a process needs them: ``web`` becomes gunicorn at once, and importing a service twice costs seconds.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chassis.errors import AppError
from chassis.logging import configure
from chassis.settings import MigrateSettings, ServiceSettings, SettingsError, load

if typing.TYPE_CHECKING:
    import threading

    from chassis.worker import Job, Loop

T = typing.TypeVar("T")
Process = Callable[[Sequence[str]], int]


def run(service: str, usage: str | None, processes: Mapping[str, Process], arguments: Sequence[str]) -> int:
    """Run the named process with what follows its name; a refusal is one line on standard error and exit code 2."""
    if not arguments or arguments[0] not in processes:
        print(usage, file=sys.stderr)
        return 2
    try:
        return processes[arguments[0]](arguments[1:])
    except (SettingsError, AppError) as error:
        print(f"{service}: {error}", file=sys.stderr)
        return 2


def configured(service: str, kind: type[T]) -> T:
    """Load the settings of a process and start its log."""
    chosen = load(kind)
    configure(service, chosen.log_level)  # type: ignore[attr-defined]
    return chosen


def web(kind: type, application: str) -> int:
    """Serve the application; does not return. What is missing is said now, not in every worker."""
    from chassis.gunicorn import serve

    load(kind)
    serve(application)
    return 1


def work(
    service: str,
    chosen: ServiceSettings,
    jobs: Sequence[Job],
    consumer: Loop | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Relay, consume and keep the schedule until told to stop; then ``stop`` is set, for jobs that ask."""
    from chassis import worker
    from chassis.outbox.relay import Relay

    relay = Relay(service, chosen.relay_database_url, chosen.kafka_bootstrap)
    return worker.run(service, relay, consumer, jobs, chosen.metrics_port, host=chosen.metrics_host, stop=stop)


def migrate(service: str, versions: Path) -> int:
    """Bring the database up to the newest revision, as its owner."""
    from chassis import migrations

    migrations.upgrade(versions, configured(service, MigrateSettings).owner_database_url)
    return 0
