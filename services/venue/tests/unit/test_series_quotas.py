# SPDX-License-Identifier: Apache-2.0
"""Which dates of a series fit into quotas: the same as if they were booked one after the other."""

from __future__ import annotations

from datetime import date

from chassis.db import uuid7
from hypothesis import given
from hypothesis import strategies as st
from venue.domain.booking.offer import Quota
from venue.domain.booking.quotas import Use, Used, exceeds
from venue.domain.series.series_quotas import fit, key

PERSON, MONTHS = uuid7(), [date(2026, 12, 1), date(2027, 1, 1)]
QUOTAS = [
    Quota(uuid7(), None, "person", "month", 3, None, date(2026, 1, 1)),
    Quota(uuid7(), None, "person", "month", 4, 240, date(2026, 1, 1)),
]
USES = st.builds(
    Use, st.sampled_from(QUOTAS), st.just(PERSON), st.sampled_from(MONTHS), st.sampled_from([30, 60, 90, 120])
)


@given(st.lists(st.lists(USES, max_size=2, unique_by=lambda use: use.quota.quota_id), max_size=8), st.integers(0, 2))
def test_each_date_is_counted_as_if_it_were_booked_alone_after_those_before_it(dates, there):
    asked = {uuid7(): uses for uses in dates}
    counters = {(quota.quota_id, PERSON, month): Used(there, 60 * there) for quota in QUOTAS for month in MONTHS}

    refused = fit(asked, counters)

    for booking_id, uses in asked.items():
        does_not_fit = any(exceeds(use, counters[key(use)]) for use in uses)
        assert (booking_id in refused) == does_not_fit
        for use in () if does_not_fit else uses:
            before = counters[key(use)]
            counters[key(use)] = Used(before.count + 1, before.minutes + use.minutes)


def test_what_does_not_fit_leaves_what_it_would_have_taken_to_those_after_it():
    long, short = (Use(QUOTAS[1], PERSON, MONTHS[0], minutes) for minutes in (120, 60))
    asked = {"first": [long], "too much": [Use(QUOTAS[1], PERSON, MONTHS[0], 150)], "after": [short], "last": [short]}

    refused = fit(asked, {})

    assert {name: one.code for name, one in refused.items()} == {"too much": "quota_exceeded"}
