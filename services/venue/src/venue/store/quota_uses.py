# SPDX-License-Identifier: Apache-2.0
"""Using quotas up and giving them back, in the transaction of the booking. Counters are locked in one order."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from chassis.db import UnitOfWork

_GIVE_BACK = """
    WITH back AS (
        DELETE FROM quota_uses WHERE division_code = %(division)s AND booking_id = ANY(%(booking_ids)s)
        RETURNING quota_id, subject_id, period_start, minutes
    ), sums AS (
        SELECT quota_id, subject_id, period_start, count(*) AS number, sum(minutes) AS minutes
        FROM back GROUP BY 1, 2, 3
    ), locked AS (
        SELECT counter.quota_id, counter.subject_id, counter.period_start FROM quota_counters counter
        JOIN sums USING (quota_id, subject_id, period_start) WHERE counter.division_code = %(division)s
        ORDER BY 1, 2, 3 FOR UPDATE OF counter
    )
    UPDATE quota_counters counter
    SET used_count = counter.used_count - sums.number, used_minutes = counter.used_minutes - sums.minutes
    FROM sums JOIN locked USING (quota_id, subject_id, period_start)
    WHERE counter.division_code = %(division)s AND counter.quota_id = sums.quota_id
        AND counter.subject_id = sums.subject_id AND counter.period_start = sums.period_start"""


def give_back(work: UnitOfWork, booking_ids: Collection[UUID]) -> None:
    """Let others use what these bookings used; doing it twice changes nothing."""
    work.driver.execute(_GIVE_BACK, {"division": work.division, "booking_ids": list(booking_ids)})
