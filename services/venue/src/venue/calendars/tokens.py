# SPDX-License-Identifier: Apache-2.0
"""The secret part of a feed's address: division, 32 random bytes, and our signature over both.

The signature lets a made-up address be refused without a look into the database, and lets the division be believed: a
feed is read as an actor of the community that its address was made in. Only the hash of the random part is stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

RANDOM, DIVISION, SIGNATURE = 32, 12, 16


@dataclass(frozen=True)
class Token:
    """What a genuine address says."""

    division: str
    digest: bytes


def new_token(secret: bytes, division: str) -> tuple[str, Token]:
    """Make an address for a feed of a community; it is told once."""
    if len(division) != DIVISION:
        raise ValueError("feeds belong to a community")
    random = secrets.token_bytes(RANDOM)
    body = division.encode() + random
    text = base64.urlsafe_b64encode(body + _signature(secret, body)).decode()
    return text, Token(division, hashlib.sha256(random).digest())


def read_token(secret: bytes, text: str) -> Token | None:
    """Read an address; None unless we signed it."""
    try:
        whole = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    body, signature = whole[: DIVISION + RANDOM], whole[DIVISION + RANDOM :]
    if len(whole) != DIVISION + RANDOM + SIGNATURE or not hmac.compare_digest(signature, _signature(secret, body)):
        return None
    return Token(body[:DIVISION].decode(), hashlib.sha256(body[DIVISION:]).digest())


def _signature(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, b"linli calendar feed\0" + body, hashlib.sha256).digest()[:SIGNATURE]
