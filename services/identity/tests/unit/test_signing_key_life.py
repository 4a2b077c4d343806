# SPDX-License-Identifier: Apache-2.0
"""No verifier ever meets a key it cannot know, and no valid token ever loses its key."""

from datetime import UTC, datetime, timedelta

from chassis.keys import REFRESH_SECONDS
from identity.domain.keys import (
    CACHE_LIFETIME,
    TOKEN_LIFETIME,
    Published,
    active,
    first_use,
    last_sight,
    pending,
    visible,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OLD = Published("old", NOON - timedelta(days=30), NOON - timedelta(days=30), last_sight(first_use(NOON)))
NEW = Published("new", NOON, first_use(NOON))
KEYS = [OLD, NEW]


def test_a_key_is_published_longer_than_verifiers_cache_before_it_signs():
    assert timedelta(seconds=REFRESH_SECONDS) < CACHE_LIFETIME == NEW.active_from - NEW.published_at


def test_the_old_key_signs_until_the_new_one_may():
    assert active(KEYS, NEW.active_from - timedelta(seconds=1)) == OLD
    assert active(KEYS, NEW.active_from) == NEW


def test_the_old_key_is_shown_until_its_last_token_is_dead():
    last_token_dies = NEW.active_from + TOKEN_LIFETIME

    assert OLD in visible(KEYS, last_token_dies + CACHE_LIFETIME)
    assert OLD not in visible(KEYS, OLD.withdrawn_at)


def test_a_rotation_is_pending_until_the_new_key_signs():
    assert pending(KEYS, NOON) == NEW
    assert pending(KEYS, NEW.active_from) is None


def test_without_keys_nothing_signs():
    assert active([], NOON) is None
