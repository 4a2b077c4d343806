# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL for the test run, and fresh databases copied from a migrated template."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from linli_local import databases, postgres

from chassis import migrations
from chassis.testing.emptying import Beginning, beginning, emptied


@dataclass(frozen=True)
class ServiceDatabase:
    """One database of one service, with the address each of its roles uses."""

    service: str
    name: str
    server: postgres.Server = field(repr=False)
    passwords: dict[str, str] = field(repr=False)

    def url(self, role: str) -> str:
        """Return the address for a role by its suffix: owner, app, public, relay or sweep."""
        full = f"{self.service}_{role}"
        return self.server.url_for(full, self.passwords[full], self.name)

    def superuser(self) -> psycopg.Connection:
        """Connect past every policy, in autocommit: for looking and for breaking things, never for the code tested."""
        return self.server.connect(self.name)

    def as_role(self, role: str, division: str = "") -> psycopg.Connection:
        """Connect as a role with a session-wide division set (none by default), in autocommit."""
        connection = psycopg.connect(self.url(role).replace("+psycopg", ""), autocommit=True)
        connection.execute("SELECT set_config('app.division', %s, false)", (division,))
        return connection


class Databases:
    """Makes fresh databases on one server; the template of a set of migrations is migrated once."""

    def __init__(self, server: postgres.Server) -> None:
        self.server = server
        self._passwords: dict[str, dict[str, str]] = {}
        self._templates: dict[tuple[str, Path], str] = {}
        self._idle: dict[tuple[str, Path], list[ServiceDatabase]] = {}
        self._lent: dict[str, tuple[Beginning, list[ServiceDatabase]]] = {}

    def empty(self, service: str) -> ServiceDatabase:
        """Make a provisioned database without any migration."""
        passwords = self._passwords.setdefault(service, databases.random_passwords(service))
        name = f"{service}_{secrets.token_hex(4)}"
        databases.provision(self.server, service, passwords, database=name)
        return ServiceDatabase(service, name, self.server, passwords)

    def fresh(self, service: str, versions: Path) -> ServiceDatabase:
        """Make a copy of the database migrated to the head of ``versions`` (some 50 ms after the first)."""
        template = self._templates.get((service, versions))
        if template is None:
            made = self.empty(service)
            migrations.upgrade(versions, made.url("owner"))
            template = self._templates[service, versions] = made.name
        name = f"{service}_{secrets.token_hex(4)}"
        databases.clone(self.server, service, template, name)
        return ServiceDatabase(service, name, self.server, self._passwords[service])

    def lend(self, service: str, versions: Path) -> ServiceDatabase:
        """Give a database as ``fresh`` does: one that came back empty, where there is one."""
        idle = self._idle.setdefault((service, versions), [])
        if idle:
            return idle.pop()
        made = self.fresh(service, versions)
        with made.superuser() as connection:
            self._lent[made.name] = beginning(connection), idle
        return made

    def take_back(self, database: ServiceDatabase) -> None:
        """Empty a lent database for the next one, or drop it where more than its rows was changed."""
        was, idle = self._lent[database.name]
        try:
            with database.superuser() as connection:
                if emptied(connection, was):
                    return idle.append(database)
        except psycopg.OperationalError:  # the test left it closed to everybody
            pass
        return self.drop(database)

    def drop(self, database: ServiceDatabase) -> None:
        """Drop a database, cutting off whoever is still connected."""
        databases.drop(self.server, database.name)


@contextmanager
def running_server(durable: bool = False) -> Iterator[postgres.Server]:
    """Start a private server under a short path (a Unix socket's address is limited) and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ll"))
    folder.chmod(0o755)  # the server may run as another, unprivileged account
    server = postgres.start(
        folder / "data", folder / "run", folder / "postgres.log", secrets.token_urlsafe(16), durable=durable
    )
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
