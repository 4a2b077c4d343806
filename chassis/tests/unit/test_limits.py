# SPDX-License-Identifier: Apache-2.0
"""A bucket lets a burst pass, then the rate counts."""

import pytest
from chassis.errors import TooMany
from chassis.limits import Buckets, Limit


def test_a_burst_passes_then_the_rate_counts():
    now = [0.0]
    buckets, limit = Buckets(lambda: now[0]), Limit("acts", 3, 0.5)
    for _ in range(3):
        buckets.take(limit, "somebody")
    with pytest.raises(TooMany) as refusal:
        buckets.take(limit, "somebody")
    assert refusal.value.headers["Retry-After"] == "2"
    buckets.take(limit, "somebody else")
    now[0] = 2.0
    buckets.take(limit, "somebody")


def test_memory_is_bounded_and_the_greedy_are_remembered(monkeypatch):
    monkeypatch.setattr("chassis.limits.MOST_BUCKETS", 100)
    now = [0.0]
    buckets, limit = Buckets(lambda: now[0]), Limit("acts", 1, 0.001)
    for number in range(300):
        now[0] += 0.001
        buckets.take(limit, f"visitor {number}")
    assert len(buckets._buckets) <= 100
    with pytest.raises(TooMany):
        buckets.take(limit, "visitor 299")
