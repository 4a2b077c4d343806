# SPDX-License-Identifier: Apache-2.0
"""Tokens at rest: AES-256-GCM, bound to the row they belong to, with room for the key before the current one."""

from __future__ import annotations

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE_BYTES = 12
SHORTEST_SECRET = 32


class Unreadable(Exception):
    """The row was sealed with another secret, or is not the row it claims to be."""


class Seal:
    """Seals small documents. The first secret seals; every secret opens, so that one can be rotated."""

    def __init__(self, *secrets: str) -> None:
        given = [secret for secret in secrets if secret]
        if not given or any(len(secret) < SHORTEST_SECRET for secret in given):
            raise ValueError(f"a session secret needs at least {SHORTEST_SECRET} characters")
        self._keys = [_derive(secret) for secret in given]

    def close(self, document: dict[str, Any], row: bytes) -> bytes:
        """Seal a document for one row."""
        nonce = os.urandom(NONCE_BYTES)
        text = json.dumps(document, separators=(",", ":")).encode()
        return VERSION + nonce + self._keys[0].encrypt(nonce, text, VERSION + row)

    def open(self, sealed: bytes, row: bytes) -> dict[str, Any]:
        """Open what was sealed for this row. Raises Unreadable."""
        version, nonce, text = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if version == VERSION:
            for key in self._keys:
                try:
                    return json.loads(key.decrypt(nonce, text, VERSION + row))
                except (InvalidTag, ValueError):
                    continue
        raise Unreadable


def _derive(secret: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"linli edge sessions v1").derive(secret.encode())
    return AESGCM(derived)
