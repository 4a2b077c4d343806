# SPDX-License-Identifier: Apache-2.0
"""Sessions and pending sign-ins in the edge's database. The browser holds a random id; its hash is the key here."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.errors import Unavailable
from psycopg import AsyncConnection, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from gateway.edge.sealing import Seal, Unreadable

ID_BYTES = 32
REMEMBERED_SECONDS = 2.0  # how long another edge process may still accept a session that was ended
SEEN_EVERY = timedelta(minutes=1)
SIGN_IN_LASTS = timedelta(minutes=10)
POOL_SIZE = 6
_FIND_ALIVE = (
    "SELECT subject, office, sealed, seen_at, expires_at FROM sessions"
    " WHERE id_hash = %s AND expires_at > %s AND seen_at > %s"
)
_INSERT = "INSERT INTO sessions VALUES (%s, %s, %s, %s, %s, %s, %s)"
_TAKE_SIGN_IN = "DELETE FROM sign_ins WHERE state_hash = %s AND browser_hash = %s RETURNING sealed, expires_at"


@dataclass(frozen=True)
class Session:
    """One signed-in browser. ``office`` is what was asked for: ``<office>@<place>``, ``resident`` or None."""

    id_hash: bytes
    subject: str
    office: str | None
    csrf: str
    refresh_token: str
    id_token: str
    seen_at: datetime
    expires_at: datetime


def new_id() -> str:
    """Return a random id for a cookie."""
    return secrets.token_urlsafe(ID_BYTES)


def digest(value: str) -> bytes:
    """Hash an id of 256 random bits: whoever reads the table cannot take over a session."""
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).digest()


class SessionStore:
    """Reads and writes sessions. Every method but ``close`` may raise Unavailable."""

    def __init__(
        self,
        database_url: str,
        seal: Seal,
        idle: timedelta,
        longest: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool = AsyncConnectionPool(
            database_url.replace("+psycopg", "", 1),
            min_size=1,
            max_size=POOL_SIZE,
            timeout=2.0,
            open=False,
            kwargs={"autocommit": True, "options": "-c statement_timeout=2000"},
            name="sessions",
        )
        self._seal, self._idle, self._longest, self._now = seal, idle, longest, now
        self._remembered: dict[bytes, tuple[Session, float]] = {}

    async def open(self) -> None:
        """Start the pool; it keeps trying where the database is not there yet."""
        await self._pool.open()

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    async def ready(self) -> bool:
        """Whether the database answers."""
        try:
            await self._run("SELECT 1 FROM sessions LIMIT 1", ())
        except Unavailable:
            return False
        return True

    async def find(self, cookie: str) -> Session | None:
        """Return the living session of a cookie, noting once a minute that it is in use."""
        key = digest(cookie)
        remembered = self._remembered.get(key)
        if remembered is not None and time.monotonic() < remembered[1]:
            return remembered[0]
        now = self._now()
        rows = await self._run(_FIND_ALIVE, (key, now, now - self._idle))
        session = self._read(key, rows[0]) if rows else None
        if session is None:
            self._remembered.pop(key, None)
            return None
        if now - session.seen_at > SEEN_EVERY:
            await self._run("UPDATE sessions SET seen_at = %s WHERE id_hash = %s", (now, key))
            session = replace(session, seen_at=now)
        self._remember(session)
        return session

    async def create(self, subject: str, refresh_token: str, id_token: str) -> tuple[str, Session]:
        """Start a session under a fresh id; return the cookie's value and the session."""
        cookie, now = new_id(), self._now()
        session = Session(
            id_hash=digest(cookie),
            subject=subject,
            office=None,
            csrf=secrets.token_hex(32),
            refresh_token=refresh_token,
            id_token=id_token,
            seen_at=now,
            expires_at=now + self._longest,
        )
        values = (session.id_hash, subject, None, self._sealed(session), now, now, session.expires_at)
        await self._run(_INSERT, values)
        return cookie, session

    async def change(self, session: Session, **changes: Any) -> Session:
        """Store another office or a renewed refresh token."""
        changed = replace(session, **changes)
        statement = "UPDATE sessions SET office = %s, sealed = %s WHERE id_hash = %s"
        await self._run(statement, (changed.office, self._sealed(changed), session.id_hash))
        self._remember(changed)
        return changed

    async def end(self, session: Session) -> None:
        """Forget a session for good."""
        self._remembered.pop(session.id_hash, None)
        await self._run("DELETE FROM sessions WHERE id_hash = %s", (session.id_hash,))

    async def start_sign_in(self, state: str, browser: str, document: dict[str, Any]) -> None:
        """Remember a sign-in under way, bound to the browser that began it."""
        key = digest(state)
        values = (key, digest(browser), self._seal.close(document, key), self._now() + SIGN_IN_LASTS)
        await self._run("INSERT INTO sign_ins VALUES (%s, %s, %s, %s)", values)

    async def take_sign_in(self, state: str, browser: str) -> dict[str, Any] | None:
        """Use up a sign-in under way: of two callbacks one gets it."""
        key = digest(state)
        rows = await self._run(_TAKE_SIGN_IN, (key, digest(browser)))
        if not rows or rows[0][1] <= self._now():
            return None
        try:
            return self._seal.open(bytes(rows[0][0]), key)
        except Unreadable:
            return None

    async def purge(self) -> int:
        """Delete what has ended; return how many sessions."""
        now = self._now()
        await self._run("DELETE FROM sign_ins WHERE expires_at < %s RETURNING 1", (now,))
        statement = "DELETE FROM sessions WHERE expires_at < %s OR seen_at < %s RETURNING 1"
        return len(await self._run(statement, (now, now - self._idle)))

    def _read(self, key: bytes, row: TupleRow) -> Session | None:
        subject, office, sealed, seen_at, expires_at = row
        try:
            secret = self._seal.open(bytes(sealed), key)
        except Unreadable:  # the secret was changed without keeping the one before: sign in again
            return None
        return Session(key, subject, office, seen_at=seen_at, expires_at=expires_at, **secret)

    def _sealed(self, session: Session) -> bytes:
        secret = {
            "csrf": session.csrf,
            "refresh_token": session.refresh_token,
            "id_token": session.id_token,
        }
        return self._seal.close(secret, session.id_hash)

    def _remember(self, session: Session) -> None:
        now = time.monotonic()
        if len(self._remembered) > 10_000:
            self._remembered = {key: one for key, one in self._remembered.items() if one[1] > now}
        self._remembered[session.id_hash] = (session, now + REMEMBERED_SECONDS)

    async def _run(self, statement: str, values: tuple[Any, ...]) -> list[TupleRow]:
        try:
            async with self._pool.connection() as connection:
                return await _execute(connection, statement, values)
        except (OperationalError, PoolTimeout):
            raise Unavailable("sessions_away", headers={"Retry-After": "5"}) from None


async def _execute(connection: AsyncConnection, statement: str, values: tuple[Any, ...]) -> list[TupleRow]:
    cursor = await connection.execute(statement, values)  # type: ignore[arg-type]  # our own constants
    return await cursor.fetchall() if cursor.description else []
