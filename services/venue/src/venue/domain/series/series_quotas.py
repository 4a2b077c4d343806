# SPDX-License-Identifier: Apache-2.0
"""Which dates of a series fit into the quotas: one after the other, each counted like a booking of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis.errors import AppError

from venue.domain.booking import quotas as rules
from venue.domain.booking.quotas import Use, Used

Key = tuple[UUID, UUID, date]  # quota, subject, first day of the period


def key(use: Use) -> Key:
    """What a use counts in."""
    return use.quota.quota_id, use.subject_id, use.period_start


def fit(asked: Mapping[UUID, Sequence[Use]], used: Mapping[Key, Used]) -> dict[UUID, AppError]:
    """Return the dates that do not fit in, by booking, each with the quota that is used up.

    ``asked`` is in the order of the dates: what an earlier one takes a later one cannot have, and what a date that
    does not fit would have taken is left for those after it.
    """
    left, refused = dict(used), {}
    for booking_id, uses in asked.items():
        exceeded = next((use for use in uses if rules.exceeds(use, left.get(key(use), Used()))), None)
        if exceeded is not None:
            refused[booking_id] = rules.quota_exceeded(exceeded, left.get(key(exceeded), Used()))
            continue
        for use in uses:
            before = left.get(key(use), Used())
            left[key(use)] = Used(before.count + 1, before.minutes + use.minutes)
    return refused
