# SPDX-License-Identifier: Apache-2.0
"""When a signing key is published, used and withdrawn, so that no verifier ever meets a key it cannot know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TOKEN_LIFETIME = timedelta(minutes=10)
CACHE_LIFETIME = timedelta(minutes=2)  # verifiers refresh every minute (chassis.keys); twice that
LEEWAY = timedelta(minutes=1)


@dataclass(frozen=True)
class Published:
    """The life of one key, without its secret."""

    kid: str
    published_at: datetime
    active_from: datetime
    withdrawn_at: datetime | None = None


def active(keys: Sequence[Published], now: datetime) -> Published | None:
    """The key that signs now: the newest one in use that is not withdrawn."""
    usable = [one for one in keys if one.active_from <= now and not _withdrawn(one, now)]
    return max(usable, key=lambda one: one.active_from, default=None)


def visible(keys: Sequence[Published], now: datetime) -> list[Published]:
    """The keys the world may verify with: the next, the present and the former until its last token is dead."""
    return [one for one in keys if not _withdrawn(one, now)]


def pending(keys: Sequence[Published], now: datetime) -> Published | None:
    """A key that is published and not in use yet."""
    return next((one for one in keys if one.active_from > now and not _withdrawn(one, now)), None)


def first_use(published_at: datetime) -> datetime:
    """The earliest instant at which every verifier has seen a key published then."""
    return published_at + CACHE_LIFETIME


def last_sight(successor_active_from: datetime) -> datetime:
    """When a key may disappear whose successor signs from the given instant on."""
    return successor_active_from + TOKEN_LIFETIME + CACHE_LIFETIME + LEEWAY


def _withdrawn(key: Published, now: datetime) -> bool:
    return key.withdrawn_at is not None and key.withdrawn_at <= now
