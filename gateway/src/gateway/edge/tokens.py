# SPDX-License-Identifier: Apache-2.0
"""One short access token per session, office and service, kept in memory until a minute before it ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from chassis.errors import Forbidden

from gateway.edge.provider import Provider, SessionEnded, claims_of
from gateway.edge.sessions import Session, SessionStore

SERVICES = ("identity", "engagement", "disclosure", "venue")
SPARE_SECONDS = 60.0
MOST_TOKENS = 40_000
_Key = tuple[bytes, str | None, str]


@dataclass(frozen=True)
class Token:
    """An access token, when to stop using it, and what it says."""

    value: str
    until: float
    claims: dict[str, Any]


class Tokens:
    """Fetches tokens by the refresh token, each once however many requests wait for it."""

    def __init__(self, provider: Provider, store: SessionStore, now: Callable[[], float] = time.time) -> None:
        self._provider, self._store, self._now = provider, store, now
        self._tokens: dict[_Key, Token] = {}
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def get(self, session: Session, service: str) -> Token:
        """Return a token for a service. Raises SessionEnded or Unavailable.

        An office that ended meanwhile is dropped from the session: the person goes on as what remains.
        """
        key = (session.id_hash, session.office, service)
        token = self._tokens.get(key)
        if token is not None and token.until > self._now():
            return token
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            token = self._tokens.get(key)
            if token is None or token.until <= self._now():
                token = await self._fetch(session, key)
            return token

    async def all(self, session: Session) -> dict[str, Token]:
        """Return a token for every service, fetched side by side. Raises as ``get`` does."""
        found = await asyncio.gather(*(self.get(session, service) for service in SERVICES))
        return dict(zip(SERVICES, found, strict=True))

    async def switch(self, session: Session, office: str) -> Session:
        """Act in another office from now on. Raises Forbidden where it is not held, SessionEnded, Unavailable."""
        changed = await self._store.change(session, office=office)
        try:
            await self._fetch(changed, (changed.id_hash, office, "identity"), drop_office=False)
        except Exception:
            await self._store.change(changed, office=session.office)
            raise
        return changed

    def forget(self, session: Session) -> None:
        """Drop a session's tokens."""
        for office in {key[1] for key in self._tokens if key[0] == session.id_hash}:
            for service in SERVICES:
                self._tokens.pop((session.id_hash, office, service), None)

    def purge(self) -> None:
        """Drop the tokens that have ended."""
        now = self._now()
        self._tokens = {key: token for key, token in self._tokens.items() if token.until > now}

    async def _fetch(self, session: Session, key: _Key, drop_office: bool = True) -> Token:
        office = session.office
        try:
            answer = await self._provider.refresh(session.refresh_token, key[2], office)
        except Forbidden:
            if not drop_office:
                raise
            session = await self._store.change(session, office=None)
            answer = await self._provider.refresh(session.refresh_token, key[2], None)
        except SessionEnded:
            self.forget(session)
            await self._store.end(session)
            raise
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed != session.refresh_token:
            await self._store.change(session, refresh_token=renewed)
        lasts = float(answer.get("expires_in", 300))
        value = str(answer["access_token"])
        token = Token(value, self._now() + max(lasts - SPARE_SECONDS, 1.0), claims_of(value))
        if len(self._tokens) >= MOST_TOKENS:
            self.purge()
        self._tokens[key] = token
        return token
