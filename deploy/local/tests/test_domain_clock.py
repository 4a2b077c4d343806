# SPDX-License-Identifier: Apache-2.0
"""The shift of the domain clock outlives a restart and never runs back over data."""

from datetime import UTC, datetime, timedelta

import pytest
from linli_local.domain_clock import DomainClock
from linli_local.failures import ClockWouldRunBack
from linli_local.settings import _local_time

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def clock(tmp_path):
    return DomainClock(tmp_path / "clock.json")


def test_without_demo_now_the_clock_is_the_real_one(clock):
    assert clock.offset_seconds(None, NOW) == 0


def test_demo_now_is_wall_time_in_shanghai():
    assert _local_time("2026-11-30T18:50").astimezone(UTC) == datetime(2026, 11, 30, 10, 50, tzinfo=UTC)


def test_the_next_start_goes_on_with_the_shift_of_the_data(clock):
    offset = clock.offset_seconds(_local_time("2026-11-30T18:50"), NOW)
    assert NOW + timedelta(seconds=offset) == datetime(2026, 11, 30, 10, 50, tzinfo=UTC)
    assert clock.offset_seconds(None, NOW + timedelta(hours=1)) == offset


def test_it_may_be_moved_forward_again(clock):
    clock.offset_seconds(_local_time("2026-11-30T18:50"), NOW)
    assert clock.offset_seconds(_local_time("2026-12-01T09:00"), NOW) > 0


def test_it_is_never_moved_back_over_existing_data(clock):
    clock.offset_seconds(_local_time("2026-11-30T18:50"), NOW)
    with pytest.raises(ClockWouldRunBack, match="2026-11-30T18:50"):
        clock.offset_seconds(_local_time("2026-11-30T12:00"), NOW)
    assert clock.kept_offset() > 0


def test_a_first_run_may_start_in_the_past(clock):
    assert clock.offset_seconds(_local_time("2026-10-01T09:00"), NOW) < 0


def test_a_machine_whose_own_clock_was_set_back_is_told(clock):
    clock.offset_seconds(None, NOW)
    with pytest.raises(ClockWouldRunBack, match="this machine's clock"):
        clock.offset_seconds(None, NOW - timedelta(days=1))
