# SPDX-License-Identifier: Apache-2.0
"""The pick-up code a guest says at the counter instead of a name."""

from __future__ import annotations

import secrets

# No I, L, O, Q (they look like 1 and 0) and no A, E, U (so no code spells a word).
LETTERS = "BCDFGHJKMNPRSTVWXYZ"
LENGTH = 6  # 47 million codes: not worth guessing, short enough to say


def new_code() -> str:
    """Draw a code that nobody can foresee. Unique among a venue's live bookings by the database, not by this."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def normalised(said: str) -> str:
    """Read a code as people type it: any case, with spaces or hyphens."""
    return "".join(said.split()).replace("-", "").upper()
