# SPDX-License-Identifier: Apache-2.0
"""Clients, signing keys, codes and refresh tokens. Codes, tokens and secrets are stored as hashes only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from identity.store.tables import authorization_codes, clients, refresh_tokens, signing_keys

KEYS_LOCK = 0x4B455953  # one process at a time adds a signing key


def digest(secret: str) -> bytes:
    """Hash a secret of at least 128 random bits; passwords go through argon2id instead."""
    return hashlib.sha256(secret.encode()).digest()


def find_client(connection: sa.Connection, client_id: str) -> sa.Row[Any] | None:
    """Fetch a client that is not closed."""
    query = sa.select(clients).where(clients.c.client_id == client_id, clients.c.state == "active")
    return connection.execute(query).one_or_none()


def save_client(connection: sa.Connection, client: Mapping[str, Any]) -> None:
    """Register a client, or change what is registered under its id."""
    adding = upsert(clients).values(**client)
    changed = {name: adding.excluded[name] for name in client if name not in ("client_id", "created_at")}
    connection.execute(adding.on_conflict_do_update(index_elements=["client_id"], set_=changed))


def keys(connection: sa.Connection, now: datetime) -> Sequence[sa.Row[Any]]:
    """Fetch every key that is not withdrawn, oldest first."""
    alive = sa.or_(signing_keys.c.withdrawn_at.is_(None), signing_keys.c.withdrawn_at > now)
    return connection.execute(sa.select(signing_keys).where(alive).order_by(signing_keys.c.active_from)).all()


def lock_keys(connection: sa.Connection) -> None:
    """Let one transaction at a time change the set of keys."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(KEYS_LOCK)))


def insert_key(connection: sa.Connection, key: Mapping[str, Any]) -> None:
    """Publish a key."""
    connection.execute(sa.insert(signing_keys).values(**key))


def withdraw_keys(connection: sa.Connection, kids: Sequence[str], at: datetime) -> None:
    """Set when keys disappear; an earlier instant stays."""
    mine = (signing_keys.c.kid.in_(kids), sa.func.coalesce(signing_keys.c.withdrawn_at, at) >= at)
    connection.execute(sa.update(signing_keys).where(*mine).values(withdrawn_at=at))


def insert_code(connection: sa.Connection, code: str, values: Mapping[str, Any]) -> None:
    """Store an authorization code."""
    connection.execute(sa.insert(authorization_codes).values(code_hash=digest(code), **values))


def use_code(connection: sa.Connection, code: str, client_id: str, now: datetime) -> sa.Row[Any] | None:
    """Use up a code in one statement: of two racing requests one gets it. None when there is nothing to use."""
    columns = authorization_codes.c
    using = (
        sa.update(authorization_codes)
        .where(
            columns.code_hash == digest(code),
            columns.client_id == client_id,
            columns.used_at.is_(None),
            columns.expires_at > now,
        )
        .values(used_at=now)
        .returning(*columns)
    )
    return connection.execute(using).one_or_none()


def used_session(connection: sa.Connection, code: str, client_id: str) -> UUID | None:
    """Name the session that a code has already started with this client, if it has."""
    columns = authorization_codes.c
    query = sa.select(columns.session_id).where(
        columns.code_hash == digest(code), columns.client_id == client_id, columns.used_at.is_not(None)
    )
    return connection.execute(query).scalar()


def insert_refresh_token(connection: sa.Connection, token: str, values: Mapping[str, Any]) -> None:
    """Store a refresh token."""
    connection.execute(sa.insert(refresh_tokens).values(token_hash=digest(token), **values))


def find_refresh_token(connection: sa.Connection, token: str) -> sa.Row[Any] | None:
    """Fetch a refresh token, dead or alive."""
    query = sa.select(refresh_tokens).where(refresh_tokens.c.token_hash == digest(token))
    return connection.execute(query).one_or_none()


def revoke_session(connection: sa.Connection, session_id: UUID, now: datetime) -> int:
    """Revoke the refresh tokens of one sign-in; return how many."""
    return _revoke(connection, refresh_tokens.c.session_id == session_id, now)


def revoke_account(connection: sa.Connection, account_id: UUID, now: datetime) -> int:
    """Revoke every refresh token of an account, and its codes; return how many tokens."""
    columns = authorization_codes.c
    unused = (columns.account_id == account_id, columns.used_at.is_(None))
    connection.execute(sa.update(authorization_codes).where(*unused).values(used_at=now))
    return _revoke(connection, refresh_tokens.c.account_id == account_id, now)


def _revoke(connection: sa.Connection, which: sa.ColumnElement[bool], now: datetime) -> int:
    alive = refresh_tokens.c.revoked_at.is_(None)
    return connection.execute(sa.update(refresh_tokens).where(which, alive).values(revoked_at=now)).rowcount


def purge(connection: sa.Connection, before: datetime) -> int:
    """Delete codes and refresh tokens that ended before an instant (as the sweep role); return how many."""
    return sum(
        connection.execute(sa.delete(table).where(table.c.expires_at < before)).rowcount
        for table in (authorization_codes, refresh_tokens)
    )
