# SPDX-License-Identifier: Apache-2.0
"""The databases and roles of each service, as the house plan names them.

A superuser creates them here once; everything inside a database is the service's own migrations, which
run as its owner role. Nothing else in the platform needs a superuser or BYPASSRLS.
"""

import secrets
from collections.abc import Mapping
from typing import Protocol

import psycopg
from psycopg import sql

SERVICES = ("identity", "engagement", "disclosure", "venue")
KINDS_OF_A_SERVICE = ("owner", "app", "public", "relay", "sweep")
KINDS_OF_THE_EDGE = ("owner", "app")


class Connects(Protocol):
    """A server as this module needs it: linli_local.postgres.Server is one."""

    def connect(self, database: str = "postgres") -> psycopg.Connection: ...


def roles_of(service: str) -> tuple[str, ...]:
    """Role names of a service (or of the edge); the first one owns the database."""
    kinds = KINDS_OF_THE_EDGE if service == "edge" else KINDS_OF_A_SERVICE
    return tuple(f"{service}_{kind}" for kind in kinds)


def random_passwords(service: str) -> dict[str, str]:
    return {role: secrets.token_urlsafe(24) for role in roles_of(service)}


def provision(server: Connects, service: str, passwords: Mapping[str, str], database: str | None = None) -> None:
    """Makes sure that the service's roles and database exist with these passwords. Safe to repeat."""
    name = database or service
    with server.connect() as connection:
        for role in roles_of(service):
            _ensure_role(connection, role, passwords[role])
        if not _exists(connection, "pg_database", "datname", name):
            _execute(connection, "CREATE DATABASE {} OWNER {}", name, roles_of(service)[0])
        _close_to_others(connection, service, name)
    with server.connect(name) as connection:
        _own_schema(connection, service)


def clone(server: Connects, service: str, template: str, database: str) -> None:
    """A copy of a migrated database in some 50 ms; nobody may be connected to the template."""
    with server.connect() as connection:
        owner = roles_of(service)[0]
        _execute(connection, "CREATE DATABASE {} TEMPLATE {} OWNER {}", database, template, owner)
        _close_to_others(connection, service, database)  # CREATE DATABASE copies no privileges of the database


def drop(server: Connects, database: str) -> None:
    with server.connect() as connection:
        _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(query, (name,)).fetchone() is not None


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    verb = "ALTER" if _exists(connection, "pg_roles", "rolname", role) else "CREATE"
    # Hashed here, so that the password itself never travels or reaches a log.
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    rights = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT"
    connection.execute(
        sql.SQL(f"{verb} ROLE {{}} WITH {rights} PASSWORD {{}}").format(sql.Identifier(role), sql.Literal(hashed))
    )


def _close_to_others(connection: psycopg.Connection, service: str, database: str) -> None:
    _execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    for role in roles_of(service):
        _execute(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, role)


def _own_schema(connection: psycopg.Connection, service: str) -> None:
    owner, *others = roles_of(service)
    _execute(connection, "ALTER SCHEMA public OWNER TO {}", owner)
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for role in others:
        _execute(connection, "GRANT USAGE ON SCHEMA public TO {}", role)
