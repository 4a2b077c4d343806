# SPDX-License-Identifier: Apache-2.0
"""The code on a room's door: it changes every half minute, and only who stands there can read it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from venue.domain.booking.pick_up_code import LETTERS

STEP = timedelta(seconds=30)
LENGTH = 8
STEPS_ACCEPTED = 2  # the present one and the one before: scanning and pressing the button takes a moment
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"([0-9]{12})-[A-Za-z0-9_-]{32}")


def new_secret() -> bytes:
    """Draw what a venue's codes are made of."""
    return secrets.token_bytes(32)


def code_at(secret: bytes, space_id: UUID, at: datetime) -> str:
    """Return the code that the door of a room shows at an instant."""
    return _code(secret, space_id, _step(at))


def changes_at(at: datetime) -> datetime:
    """Return when the door shows the next code."""
    return _EPOCH + (_step(at) + 1) * STEP


def is_current(code: str, secret: bytes, space_id: UUID, now: datetime) -> bool:
    """Tell whether a code was on the door a moment ago. Compares in constant time, and all of them."""
    step = _step(now)
    accepted = [_code(secret, space_id, step - back) for back in range(STEPS_ACCEPTED)]
    return any([hmac.compare_digest(code.encode(), one.encode()) for one in accepted])


def new_token(division: str) -> str:
    """Draw the secret part of a display's address. It names its community: the display signs in with nothing else."""
    return f"{division}-{secrets.token_urlsafe(24)}"


def division_of(token: str) -> str | None:
    """Read the community out of a token; None where it is none."""
    match = _TOKEN.fullmatch(token)
    return match[1] if match else None


def fingerprint(token: str) -> bytes:
    """Return what is kept of a token. It has 192 random bits, so a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode()).digest()


def _step(at: datetime) -> int:
    return (at - _EPOCH) // STEP


def _code(secret: bytes, space_id: UUID, step: int) -> str:
    number = int.from_bytes(hmac.digest(secret, space_id.bytes + step.to_bytes(8, "big"), "sha256"), "big")
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)
