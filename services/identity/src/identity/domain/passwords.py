# SPDX-License-Identifier: Apache-2.0
"""What a password must be: long enough and not guessable from the username (ASVS 5.0 V6.2); no composition rules."""

from __future__ import annotations

import secrets

from chassis.errors import Unprocessable

MIN_LENGTH, MAX_LENGTH = 10, 128
GUESSED_FIRST = frozenset(
    (
        *("1234567890", "12345678910", "0123456789", "1111111111", "0000000000", "8888888888", "6666666666"),
        *("1234512345", "password123", "passw0rd123", "qwertyuiop", "1q2w3e4r5t", "a123456789", "woaini1314"),
        *("5201314520", "iloveyou123", "abcdefghij", "admin12345", "linli12345"),
    )
)
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else on paper


def check(password: str, username: str) -> None:
    """Refuse a weak password (Unprocessable, code password_weak)."""
    folded = password.casefold()
    weak = (
        not MIN_LENGTH <= len(password) <= MAX_LENGTH
        or folded in GUESSED_FIRST
        or len(set(folded)) < 4
        or username.casefold() in folded
    )
    if weak:
        raise Unprocessable(
            "password_weak",
            zh="密码至少十个字,不能包含用户名,也不能是常见的密码。",
            en="A password has at least ten characters, does not contain the username and is not a common one.",
        )


def random_password() -> str:
    """Make a password that can be read from paper and typed: four groups of four (79 bits)."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))
