# SPDX-License-Identifier: Apache-2.0
"""``python -m disclosure web | worker | migrate | replay | open-books``: one image, its processes and two tools."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.errors import AppError
from chassis.logging import configure

from chassis import settings
from disclosure.settings import MigrateSettings, Settings


def main(arguments: Sequence[str]) -> int:
    """Run the named process and return its exit code."""
    commands = {"web": web, "worker": worker, "migrate": migrate, "replay": replay, "open-books": open_books}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except (settings.SettingsError, AppError) as error:
        print(f"disclosure: {error}", file=sys.stderr)
        return 2


def web(_arguments: Sequence[str]) -> int:
    """Serve the API; does not return. Imports little: gunicorn imports the service again."""
    from chassis.gunicorn import serve

    settings.load(Settings)  # say what is missing now, not in every worker
    serve("disclosure.web:application()")
    return 1


def worker(_arguments: Sequence[str]) -> int:
    """Relay, consume and keep the schedule until told to stop."""
    from chassis.outbox.relay import Relay

    from chassis import worker as workers
    from disclosure import bootstrap
    from disclosure.schedule import jobs

    chosen = _settings()
    deps = bootstrap.build(chosen)
    relay = Relay(bootstrap.SERVICE, chosen.relay_database_url, chosen.kafka_bootstrap)
    consumer = bootstrap.consumer(chosen, deps)
    return workers.run(
        bootstrap.SERVICE, relay, consumer, jobs(deps), host=chosen.metrics_host, metrics_port=chosen.metrics_port
    )


def migrate(_arguments: Sequence[str]) -> int:
    """Bring the database up to the newest revision."""
    from chassis import migrations
    from disclosure import bootstrap

    chosen = settings.load(MigrateSettings)
    configure(bootstrap.SERVICE, chosen.log_level)
    migrations.upgrade(bootstrap.VERSIONS, chosen.owner_database_url)
    return 0


def replay(arguments: Sequence[str]) -> int:
    """Apply again what was parked."""
    from chassis import dead_letters
    from disclosure import bootstrap

    chosen = _settings()
    return dead_letters.command(arguments, bootstrap.consumer(chosen, bootstrap.build(chosen)))


def open_books(arguments: Sequence[str]) -> int:
    """Open a community's books with an operator's contract, or add the contract to open books."""
    from disclosure import bootstrap
    from disclosure.usecases import open_books as usecase

    parser = argparse.ArgumentParser(prog="disclosure open-books", description=open_books.__doc__)
    parser.add_argument("--division", required=True, help="the community's 12-digit code")
    parser.add_argument("--venue", required=True, type=UUID, help="the venue's id")
    parser.add_argument("--operator", required=True, help="the operator's name (an organisation)")
    parser.add_argument("--fund-per-mille", required=True, type=int, help="the fund's part, such as 600")
    parser.add_argument("--from", required=True, type=date.fromisoformat, dest="valid_from")
    parser.add_argument("--to", type=date.fromisoformat, dest="valid_to", help="first day it is no longer in force")
    parser.add_argument("--opened-month", help="first month to be published (YYYY-MM), by default the present one")
    chosen = parser.parse_args(arguments)
    contract = usecase.OperatorContract(
        chosen.venue, chosen.operator, chosen.fund_per_mille, chosen.valid_from, chosen.valid_to
    )
    deps = bootstrap.build(settings.load(Settings))
    try:
        print(usecase.open_books(deps, chosen.division, contract, opened_month=chosen.opened_month))
    finally:
        deps.database.close()
    return 0


def _settings() -> Settings:
    chosen = settings.load(Settings)
    configure("disclosure", chosen.log_level)
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
