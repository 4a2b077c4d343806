# SPDX-License-Identifier: Apache-2.0
"""python -m gateway.edge [serve | migrate]: becomes gunicorn's own ASGI server, or migrates the sessions' database."""

from __future__ import annotations

import sys
from pathlib import Path

from chassis.settings import SettingsError, load

from chassis import gunicorn, migrations
from gateway.edge.settings import MigrationSettings, Settings

MIGRATIONS = Path(__file__).with_name("migrations")


def main(arguments: list[str]) -> None:
    """Run one command; without one, serve."""
    command = arguments[0] if arguments else "serve"
    try:
        if command == "migrate":
            migrations.upgrade(MIGRATIONS, load(MigrationSettings).owner_database_url)
        elif command == "serve":
            serve(load(Settings))
        else:
            sys.exit(f"gateway.edge: unknown command {command}; there are serve and migrate")
    except SettingsError as wrong:
        sys.exit(f"gateway.edge cannot start: {wrong}")


def serve(settings: Settings) -> None:
    """Hand the process over to gunicorn; with a certificate it terminates TLS itself (TLS=1 on one machine)."""
    extra = ["--bind", settings.bind]
    if settings.tls_certificate:
        extra += ["--certfile", settings.tls_certificate, "--keyfile", settings.tls_key]
    gunicorn.serve("gateway.edge.server:from_environment()", *extra)


if __name__ == "__main__":
    main(sys.argv[1:])
