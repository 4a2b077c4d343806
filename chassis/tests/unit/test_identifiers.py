# SPDX-License-Identifier: Apache-2.0
"""UUIDv7 and the domain clock."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from chassis.clock import FrozenClock, SystemClock
from chassis.db import uuid7


def test_identifiers_are_version_7_variant_rfc_and_carry_their_millisecond():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


def test_ten_thousand_identifiers_differ():
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_a_shifted_clock_keeps_ticking():
    clock = SystemClock(offset_seconds=86_400)

    first = clock.now()

    assert timedelta(hours=23) < first - datetime.now(UTC) < timedelta(hours=25)
    assert clock.now() >= first


def test_an_instant_without_a_zone_is_no_instant():
    with pytest.raises(ValueError, match="zone"):
        FrozenClock(datetime(2026, 11, 23))
