# SPDX-License-Identifier: Apache-2.0
"""Signed messages between two servers: HMAC-SHA256 over time and body, good for five minutes."""

from __future__ import annotations

import hashlib
import hmac

from venue.payments.provider import NotGenuine

GOOD_FOR_SECONDS = 300


def sign(secret: bytes, timestamp: int, payload: str) -> str:
    """Return the signature of a message."""
    return hmac.new(secret, f"{timestamp}.{payload}".encode(), hashlib.sha256).hexdigest()


def check(secret: bytes, timestamp: int, payload: str, signature: str, now: float) -> None:
    """Refuse a message that somebody else signed, or that is older (or newer) than five minutes: a replay."""
    if not hmac.compare_digest(sign(secret, timestamp, payload), signature):
        raise NotGenuine("the signature is not the provider's")
    if abs(now - timestamp) > GOOD_FOR_SECONDS:
        raise NotGenuine("the message is too old")
