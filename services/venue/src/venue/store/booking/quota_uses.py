# SPDX-License-Identifier: Apache-2.0
"""Using quotas up and giving them back, in the transaction of the booking. Counters are locked in one order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from psycopg.rows import tuple_row

from venue.domain.booking.quotas import Use, Used
from venue.store.booking.quota_tables import quota_counters

# The row lock is where two bookings learn of each other: the second waits, then counts on top of the first.
_USE = """
    WITH wanted AS (
        SELECT * FROM unnest(%(quota_ids)s::uuid[], %(subject_ids)s::uuid[], %(periods)s::date[], %(minutes)s::int[],
            %(count_limits)s::int[], %(minutes_limits)s::int[])
        AS w (quota_id, subject_id, period_start, minutes, count_limit, minutes_limit)
    ), counted AS (
        INSERT INTO quota_counters AS counter
            (division_code, quota_id, subject_id, period_start, used_count, used_minutes, count_limit, minutes_limit)
        SELECT %(division)s, quota_id, subject_id, period_start, 1, minutes, count_limit, minutes_limit FROM wanted
        WHERE minutes_limit IS NULL OR minutes <= minutes_limit
        ORDER BY quota_id, subject_id, period_start
        ON CONFLICT ON CONSTRAINT pk_quota_counters DO UPDATE SET
            used_count = counter.used_count + 1, used_minutes = counter.used_minutes + EXCLUDED.used_minutes
        WHERE (EXCLUDED.count_limit IS NULL OR counter.used_count + 1 <= EXCLUDED.count_limit)
            AND (EXCLUDED.minutes_limit IS NULL
                OR counter.used_minutes + EXCLUDED.used_minutes <= EXCLUDED.minutes_limit)
        RETURNING quota_id
    )
    INSERT INTO quota_uses (division_code, booking_id, quota_id, subject_id, period_start, minutes)
    SELECT %(division)s, %(booking_id)s, quota_id, subject_id, period_start, minutes
    FROM wanted JOIN counted USING (quota_id)
    RETURNING quota_id"""
# What is left and what is wanted, locked together: two statements would lock the one before the other.
_KEEP_STILL = """
    INSERT INTO quota_counters AS counter
        (division_code, quota_id, subject_id, period_start, used_count, used_minutes, count_limit, minutes_limit)
    SELECT DISTINCT ON (quota_id, subject_id, period_start)
        %(division)s, quota_id, subject_id, period_start, 0, 0, count_limit, minutes_limit
    FROM (
        SELECT * FROM unnest(%(quota_ids)s::uuid[], %(subject_ids)s::uuid[], %(periods)s::date[],
            %(count_limits)s::int[], %(minutes_limits)s::int[])
        AS w (quota_id, subject_id, period_start, count_limit, minutes_limit)
        UNION ALL
        SELECT quota_id, subject_id, period_start, NULL, NULL FROM quota_uses
        WHERE division_code = %(division)s AND booking_id = ANY(%(booking_ids)s)
    ) AS both_of_them
    ORDER BY quota_id, subject_id, period_start, count_limit, minutes_limit
    ON CONFLICT ON CONSTRAINT pk_quota_counters DO UPDATE SET used_count = counter.used_count"""
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


def use(work: UnitOfWork, booking_id: UUID, wanted: Sequence[Use]) -> list[Use]:
    """Count a booking in every quota; return those it does not fit into: the caller must roll back then."""
    if not wanted:
        return []
    with work.driver.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            _USE,
            {
                "division": work.division,
                "booking_id": booking_id,
                "minutes": [one.minutes for one in wanted],
                **_keys(wanted),
            },
        )
        counted = {quota_id for (quota_id,) in cursor.fetchall()}
    return [one for one in wanted if one.quota.quota_id not in counted]


def used(connection: sa.Connection, division: str, wanted: Sequence[Use]) -> list[Used]:
    """Read what is used up of each, without waiting for anybody."""
    counter = quota_counters.c
    keys = [(one.quota.quota_id, one.subject_id, one.period_start) for one in wanted]
    query = sa.select(
        counter.quota_id, counter.subject_id, counter.period_start, counter.used_count, counter.used_minutes
    ).where(
        counter.division_code == division,
        sa.tuple_(counter.quota_id, counter.subject_id, counter.period_start).in_(keys),
    )
    found = {tuple(row[:3]): Used(row[3], row[4]) for row in connection.execute(query)} if keys else {}
    return [found.get(key, Used()) for key in keys]


def give_back(work: UnitOfWork, booking_ids: Collection[UUID]) -> None:
    """Let others use what these bookings used; doing it twice changes nothing."""
    work.driver.execute(_GIVE_BACK, {"division": work.division, "booking_ids": list(booking_ids)})


def give_back_for(work: UnitOfWork, booking_ids: Collection[UUID], wanted: Sequence[Use]) -> None:
    """Give back what bookings used that are to use ``wanted`` instead: both are locked, so ``use`` waits for nobody."""
    if wanted:
        work.driver.execute(_KEEP_STILL, {"division": work.division, "booking_ids": list(booking_ids), **_keys(wanted)})
    give_back(work, booking_ids)


def _keys(wanted: Sequence[Use]) -> dict[str, list[Any]]:
    return {
        "quota_ids": [one.quota.quota_id for one in wanted],
        "subject_ids": [one.subject_id for one in wanted],
        "periods": [one.period_start for one in wanted],
        "count_limits": [one.quota.count_limit for one in wanted],
        "minutes_limits": [one.quota.minutes_limit for one in wanted],
    }
