# SPDX-License-Identifier: Apache-2.0
"""Signing keys: published before their use, used in turn, withdrawn after the last token they signed is dead."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chassis.auth import Actor
from chassis.errors import Conflict, Unavailable
from joserfc.jwk import OKPKey

from identity.domain import keys as rules
from identity.domain.keys import Published
from identity.store import provider as store

if TYPE_CHECKING:
    from identity.bootstrap import Deps

ALGORITHM = "Ed25519"
_KEYS = Actor("system:keys", "", frozenset(), client="system")
_COLUMNS = ("kid", "published_at", "active_from", "withdrawn_at")


@dataclass(frozen=True)
class SigningKey:
    """The key that signs now."""

    kid: str
    key: OKPKey


def ensure_key(deps: Deps) -> None:
    """Publish a first key where there is none; it signs at once, because nobody can have an older set."""
    now = deps.wall.now()
    with deps.database.unit_of_work(_KEYS) as work:
        store.lock_keys(work.connection)
        if rules.active(_published(store.keys(work.connection, now)), now) is None:
            store.insert_key(work.connection, _new_key(deps, now, now))
            work.commit()


def rotate_keys(deps: Deps, is_emergency: bool = False) -> Published:
    """Publish the next key, and set when the present ones disappear.

    In an emergency (a private key was seen) the next key signs at once and the present ones disappear at once:
    everybody signs in again. Raises Conflict (rotation_pending) while the last rotation is not in use yet.
    """
    now = deps.wall.now()
    with deps.database.unit_of_work(_KEYS) as work:
        store.lock_keys(work.connection)
        present = _published(store.keys(work.connection, now))
        if rules.pending(present, now) and not is_emergency:
            raise Conflict("rotation_pending", zh="上一次轮换还没有生效。", en="The last rotation is not in use yet.")
        first_use = now if is_emergency or not present else rules.first_use(now)
        row = _new_key(deps, now, first_use)
        store.insert_key(work.connection, row)
        last_sight = now if is_emergency else rules.last_sight(first_use)
        store.withdraw_keys(work.connection, [one.kid for one in present], last_sight)
        work.commit()
    deps.signing.forget()
    return Published(**{name: row.get(name) for name in _COLUMNS})


def jwks(deps: Deps) -> dict[str, Any]:
    """The public keys, next one included (RFC 7517)."""
    with deps.database.read(_KEYS) as connection:
        rows = store.keys(connection, deps.wall.now())
    return {"keys": [row.public_jwk for row in rows]}


def key_set(deps: Deps) -> dict[str, Any]:
    """The public keys; the very first is made when somebody first asks, so that nobody ever reads an empty set."""
    found = jwks(deps)
    if not found["keys"]:
        ensure_key(deps)
        found = jwks(deps)
    return found


class Signing:
    """Finds the key that signs now; remembers opened keys for a short while."""

    REMEMBERED_SECONDS = 15

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: list[tuple[Published, SigningKey]] = []
        self._read_at: datetime | None = None

    def forget(self) -> None:
        """Read again at the next use."""
        self._read_at = None

    def current(self, deps: Deps) -> SigningKey:
        """Return the key to sign with. Raises Unavailable when there is none."""
        now = deps.wall.now()
        with self._lock:
            if self._read_at is None or (now - self._read_at).total_seconds() > self.REMEMBERED_SECONDS:
                self._opened, self._read_at = _open_all(deps, now), now
            active = rules.active([one for one, _ in self._opened], now)
            if active is None:
                self._read_at = None
                raise Unavailable("no_signing_key", headers={"Retry-After": "2"})
            return next(key for one, key in self._opened if one.kid == active.kid)


def _open_all(deps: Deps, now: datetime) -> list[tuple[Published, SigningKey]]:
    with deps.database.read(_KEYS) as connection:
        rows = store.keys(connection, now)
    opened = []
    for row, published in zip(rows, _published(rows), strict=True):
        private = json.loads(deps.sealer.open(row.private_sealed, f"signing_keys.private_sealed.{row.kid}"))
        opened.append((published, SigningKey(row.kid, OKPKey.import_key(private))))
    return opened


def _published(rows: Any) -> list[Published]:
    return [Published(*(getattr(row, name) for name in _COLUMNS)) for row in rows]


def _new_key(deps: Deps, now: datetime, active_from: datetime) -> dict[str, Any]:
    kid = f"{now:%Y%m%d}-{secrets.token_hex(4)}"
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)
    private = json.dumps(key.as_dict(private=True))
    return {
        "kid": kid,
        "public_jwk": key.as_dict(private=False),
        "private_sealed": deps.sealer.seal(private, f"signing_keys.private_sealed.{kid}"),
        "published_at": now,
        "active_from": active_from,
    }
