# SPDX-License-Identifier: Apache-2.0
"""What to offer somebody whose wish is taken: the same time elsewhere, or the same room at another time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from venue.domain.availability import Interval, nearest_free

MOST = 3


@dataclass(frozen=True)
class Candidate:
    """A room that might serve, with its day: smallest sufficient rooms come first."""

    space_id: UUID
    capacity: int
    atoms: int
    intervals: Sequence[Interval]


@dataclass(frozen=True)
class Alternative:
    """A room and time that is free now. It is not held."""

    space_id: UUID
    starts_at: datetime
    ends_at: datetime


def suggest(
    wished: UUID,
    regime: str,
    starts_at: datetime,
    ends_at: datetime,
    candidates: Mapping[UUID, Candidate],
    party_size: int | None,
) -> list[Alternative]:
    """Return up to three alternatives of the same length and regime on the same day.

    One other room at the wished time first, then the nearest times in the wished room, then further rooms.
    A composite room is offered in place of a single one only when its size is asked for.
    """
    length = ends_at - starts_at
    same_room = [
        Alternative(wished, start, start + length)
        for start in nearest_free(candidates[wished].intervals, regime=regime, starts_at=starts_at, length=length)
    ]
    elsewhere = _elsewhere(wished, regime, starts_at, length, candidates, party_size)
    return (elsewhere[:1] + same_room[: MOST - 1] + elsewhere[1:] + same_room[MOST - 1 :])[:MOST]


def _elsewhere(
    wished: UUID,
    regime: str,
    starts_at: datetime,
    length: timedelta,
    candidates: Mapping[UUID, Candidate],
    party_size: int | None,
) -> list[Alternative]:
    room = candidates[wished]
    others = [
        one
        for one in candidates.values()
        if one.space_id != wished and one.atoms <= room.atoms and one.capacity >= (party_size or 1)
    ]
    # Closest in size first: who asked for twelve seats is served worse by six than by sixteen.
    others.sort(key=lambda one: (one.capacity < room.capacity, abs(one.capacity - room.capacity)))
    return [
        Alternative(one.space_id, starts_at, starts_at + length)
        for one in others
        if starts_at in nearest_free(one.intervals, regime=regime, starts_at=starts_at, length=length)
    ]
