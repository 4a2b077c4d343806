# SPDX-License-Identifier: Apache-2.0
"""Which of our two languages a caller prefers."""

from chassis.errors import LANGUAGES


def preferred(accept_language: str | None) -> str:
    """Return 'zh' or 'en' by Accept-Language; Chinese where nothing is said or nothing fits."""
    best, weight = LANGUAGES[0], 0.0
    for part in (accept_language or "")[:200].split(","):
        tag, _, quality = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        value = _weight(quality)
        if name in LANGUAGES and value > weight:
            best, weight = name, value
    return best


def _weight(quality: str) -> float:
    try:
        return float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
    except ValueError:
        return 0.0
