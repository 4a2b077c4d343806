# SPDX-License-Identifier: Apache-2.0
"""Months in Shanghai."""

from datetime import UTC, date, datetime

import pytest
from disclosure.domain.months import following, has_begun, is_over, local_date, month_to_post_in

LAST_MINUTE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
FIRST_MINUTE = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # 00:00 on 1 December


def test_the_day_changes_at_midnight_in_shanghai():
    assert (local_date(LAST_MINUTE), local_date(FIRST_MINUTE)) == (date(2026, 11, 30), date(2026, 12, 1))


def test_a_month_is_over_when_the_next_has_begun():
    assert not is_over("2026-11", LAST_MINUTE)
    assert is_over("2026-11", FIRST_MINUTE)
    assert not has_begun("2026-12", LAST_MINUTE)
    assert has_begun("2026-12", FIRST_MINUTE)


@pytest.mark.parametrize(("month", "after"), [("2026-09", "2026-10"), ("2026-11", "2026-12"), ("2026-12", "2027-01")])
def test_december_is_followed_by_january(month, after):
    assert following(month) == after


@pytest.mark.parametrize(
    ("occurred", "closed", "expected"),
    [
        (date(2026, 11, 3), set(), "2026-11"),
        (date(2026, 11, 3), {"2026-11"}, "2026-12"),
        (date(2026, 10, 3), {"2026-10", "2026-11", "2026-12"}, "2027-01"),
        (date(2026, 10, 3), {"2026-11"}, "2026-10"),
        (date(2026, 3, 3), set(), "2026-09"),
    ],
)
def test_an_entry_goes_to_its_month_or_the_first_open_one_after(occurred, closed, expected):
    assert month_to_post_in(occurred, opened_month="2026-09", closed=closed) == expected
