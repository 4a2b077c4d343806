# SPDX-License-Identifier: Apache-2.0
"""How much of a venue's open time is for the public benefit."""

from __future__ import annotations

from collections.abc import Iterable

from venue.domain.opening import regime_refusals

PUBLIC = "public_benefit"


def of_week(minutes: Iterable[tuple[str, int]]) -> int:
    """Return the whole percent of public-benefit minutes among all (kind, minutes); 100 where nothing is open."""
    total = public = 0
    for kind, length in minutes:
        if kind != "closed":
            total += length
            public += length if kind == PUBLIC else 0
    return 100 * public // total if total else 100


def expect_enough(percent: int, minimum: int) -> None:
    """Refuse hours that break the venue's promise to the public."""
    if percent < minimum:
        raise regime_refusals.public_share_too_small(percent, minimum)
