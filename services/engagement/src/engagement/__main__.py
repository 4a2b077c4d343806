# SPDX-License-Identifier: Apache-2.0
"""``python -m engagement web | worker | migrate | replay``: one image, its processes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from chassis.logging import configure

from chassis import settings
from engagement.settings import MigrateSettings, Settings


def main(arguments: Sequence[str]) -> int:
    """Run the named process and return its exit code."""
    commands = {"web": web, "worker": worker, "migrate": migrate, "replay": replay}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except settings.SettingsError as error:
        print(f"engagement: {error}", file=sys.stderr)
        return 2


def web(_arguments: Sequence[str]) -> int:
    """Serve the API; does not return. Imports little: gunicorn imports the service again."""
    from chassis.gunicorn import serve

    settings.load(Settings)  # say what is missing now, not in every worker
    serve("engagement.web:application()")
    return 1


def worker(_arguments: Sequence[str]) -> int:
    """Relay, consume and keep the schedule until told to stop."""
    from chassis.outbox.relay import Relay

    from chassis import worker as workers
    from engagement import bootstrap
    from engagement.schedule import jobs

    chosen = _settings()
    deps = bootstrap.build(chosen)
    relay = Relay(bootstrap.SERVICE, chosen.relay_database_url, chosen.kafka_bootstrap)
    return workers.run(
        bootstrap.SERVICE,
        relay,
        bootstrap.consumer(deps),
        jobs(deps),
        host=chosen.metrics_host,
        metrics_port=chosen.metrics_port,
    )


def migrate(_arguments: Sequence[str]) -> int:
    """Bring the database up to the newest revision."""
    from chassis import migrations
    from engagement import bootstrap

    chosen = settings.load(MigrateSettings)
    configure(bootstrap.SERVICE, chosen.log_level)
    migrations.upgrade(bootstrap.VERSIONS, chosen.owner_database_url)
    return 0


def replay(arguments: Sequence[str]) -> int:
    """Apply again what was parked."""
    from chassis import dead_letters
    from engagement import bootstrap

    return dead_letters.command(arguments, bootstrap.consumer(bootstrap.build(_settings())))


def _settings() -> Settings:
    chosen = settings.load(Settings)
    configure("engagement", chosen.log_level)
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
