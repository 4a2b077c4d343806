# SPDX-License-Identifier: Apache-2.0
"""Sealing of personal columns: AES-256-GCM with the key's id in front, and keyed hashes to find equal values.

The whole interface is ``seal``, ``open`` and ``blind``. A provider that keeps its keys elsewhere (PKCS#11, a certified
cipher machine) replaces this class and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
NONCE_BYTES = 12


class SealError(Exception):
    """A value does not open: wrong place, unknown key, or changed bytes. The message never holds the value."""


class Sealer:
    """Seals text for one place, named ``table.column.row``: a value moved to another row or column does not open."""

    def __init__(self, keys: Mapping[str, bytes], current: str, index_key: bytes) -> None:
        if current not in keys or any(len(key) != 32 for key in (*keys.values(), index_key)):
            raise SealError("the field keys are incomplete or of the wrong length")
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current = current
        self._index_key = index_key

    @classmethod
    def load(cls, path: Path) -> Sealer:
        """Read the key file. Refuses one that others than its owner can read."""
        if path.stat().st_mode & 0o077:
            raise SealError(f"{path.name} must be readable by its owner alone (chmod 600)")
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
        return cls(keys, content["current"], base64.b64decode(content["index"]))

    @staticmethod
    def create(path: Path) -> None:
        """Write a new key file, mode 0600. Raises FileExistsError rather than losing keys in use."""
        content = {
            "current": "k1",
            "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()},
            "index": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(content, file)
        try:
            os.link(draft, path)  # atomic, and never over an existing file
        finally:
            draft.unlink()

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt ``text`` for ``place`` under the current key."""
        name = self._current.encode()
        header = FORMAT + bytes([len(name)]) + name
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), _bound(header, place))

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what was sealed for ``place``, under whichever known key it was. Raises SealError."""
        sealed = bytes(sealed)
        start = 2 + sealed[1] if len(sealed) > 1 else 0
        header, rest = sealed[:start], sealed[start:]
        cipher = self._ciphers.get(header[2:].decode(errors="replace"))
        if cipher is None or header[:1] != FORMAT:
            raise SealError(f"unknown key for {place}")
        try:
            text = cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(header, place))
        except (InvalidTag, ValueError):
            raise SealError(f"{place} does not open") from None
        return text.decode()

    def blind(self, text: str, purpose: str) -> bytes:
        """Hash ``text`` for equality search. ``purpose`` keeps hashes of different columns and divisions apart."""
        return hmac.new(self._index_key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def _bound(header: bytes, place: str) -> bytes:
    return header + place.encode()
