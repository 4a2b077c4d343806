# SPDX-License-Identifier: Apache-2.0
"""Accounts and failed attempts: technical tables, read before any division is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from identity.domain.throttle import Attempts
from identity.store.tables import accounts, sign_in_attempts


def by_username(connection: sa.Connection, username: str) -> sa.Row[Any] | None:
    """Fetch an account by its sign-in name."""
    return connection.execute(sa.select(accounts).where(accounts.c.username == username)).one_or_none()


def by_id(connection: sa.Connection, account_id: UUID) -> sa.Row[Any] | None:
    """Fetch an account."""
    return connection.execute(sa.select(accounts).where(accounts.c.account_id == account_id)).one_or_none()


def by_person(connection: sa.Connection, person_id: UUID, lock: bool = False) -> sa.Row[Any] | None:
    """Fetch the account of a person; ``lock`` holds its row."""
    query = sa.select(accounts).where(accounts.c.person_id == person_id)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def insert(connection: sa.Connection, account: Mapping[str, Any]) -> bool:
    """Store an account; False when the username or the person has one already."""
    adding = upsert(accounts).values(**account).on_conflict_do_nothing()
    return connection.execute(adding.returning(accounts.c.account_id)).first() is not None


def set_password(connection: sa.Connection, account_id: UUID, password_hash: str, now: datetime) -> None:
    """Store a new password hash."""
    values = {"password_hash": password_hash, "password_changed_at": now, "version": accounts.c.version + 1}
    connection.execute(sa.update(accounts).where(accounts.c.account_id == account_id).values(**values))


def lock_attempts(connection: sa.Connection, kind: str, subject_hash: bytes, now: datetime) -> Attempts | None:
    """Fetch what is remembered of a subject and hold it; None when nothing is, with the place held all the same."""
    fresh = {"kind": kind, "subject_hash": subject_hash, "failures": 0, "window_started_at": now}
    connection.execute(upsert(sign_in_attempts).values(**fresh).on_conflict_do_nothing())
    columns = sign_in_attempts.c
    query = sa.select(columns.failures, columns.window_started_at, columns.blocked_until).where(
        columns.kind == kind, columns.subject_hash == subject_hash
    )
    row = connection.execute(query.with_for_update()).one()
    return Attempts(*row) if row.failures else None


def save_attempts(connection: sa.Connection, kind: str, subject_hash: bytes, attempts: Attempts) -> None:
    """Store what is remembered."""
    mine = (sign_in_attempts.c.kind == kind, sign_in_attempts.c.subject_hash == subject_hash)
    connection.execute(sa.update(sign_in_attempts).where(*mine).values(**asdict(attempts)))


def forget_attempts(connection: sa.Connection, kind: str, subject_hash: bytes) -> None:
    """Forget a subject."""
    mine = (sign_in_attempts.c.kind == kind, sign_in_attempts.c.subject_hash == subject_hash)
    connection.execute(sa.delete(sign_in_attempts).where(*mine))


def take_back_attempt(connection: sa.Connection, kind: str, subject_hash: bytes) -> None:
    """Take back one counted attempt that turned out right."""
    columns = sign_in_attempts.c
    one_less = {"failures": sa.func.greatest(columns.failures - 1, 0)}
    connection.execute(
        sa.update(sign_in_attempts).where(columns.kind == kind, columns.subject_hash == subject_hash).values(**one_less)
    )


def purge_attempts(connection: sa.Connection, before: datetime) -> int:
    """Forget subjects that have been quiet since an instant (as the sweep role); return how many."""
    columns = sign_in_attempts.c
    quiet = (columns.window_started_at < before, sa.func.coalesce(columns.blocked_until, before) <= before)
    return connection.execute(sa.delete(sign_in_attempts).where(*quiet)).rowcount
