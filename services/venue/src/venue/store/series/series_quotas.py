# SPDX-License-Identifier: Apache-2.0
"""Counting the dates of a series in the venue's quotas: two statements, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from psycopg.rows import tuple_row

from venue.domain.booking.quotas import Use, Used
from venue.domain.series.series_quotas import Key, key
from venue.store.booking.quota_tables import household_members

# The row lock is where two who use the same quota learn of each other; the order is that of quota_uses.
_LOCK = """
    INSERT INTO quota_counters AS counter
        (division_code, quota_id, subject_id, period_start, used_count, used_minutes, count_limit, minutes_limit)
    SELECT DISTINCT ON (quota_id, subject_id, period_start)
        %(division)s, quota_id, subject_id, period_start, 0, 0, count_limit, minutes_limit
    FROM unnest(%(quota_ids)s::uuid[], %(subject_ids)s::uuid[], %(periods)s::date[], %(count_limits)s::int[],
        %(minutes_limits)s::int[]) AS w (quota_id, subject_id, period_start, count_limit, minutes_limit)
    ORDER BY quota_id, subject_id, period_start
    ON CONFLICT ON CONSTRAINT pk_quota_counters DO UPDATE SET used_count = counter.used_count
    RETURNING quota_id, subject_id, period_start, used_count, used_minutes"""
_COUNT = """
    WITH wanted AS (
        SELECT * FROM unnest(%(booking_ids)s::uuid[], %(quota_ids)s::uuid[], %(subject_ids)s::uuid[],
            %(periods)s::date[], %(minutes)s::int[]) AS w (booking_id, quota_id, subject_id, period_start, minutes)
    ), counted AS (
        UPDATE quota_counters counter
        SET used_count = counter.used_count + sums.number, used_minutes = counter.used_minutes + sums.minutes
        FROM (SELECT quota_id, subject_id, period_start, count(*) AS number, sum(minutes) AS minutes
            FROM wanted GROUP BY 1, 2, 3) AS sums
        WHERE counter.division_code = %(division)s AND counter.quota_id = sums.quota_id
            AND counter.subject_id = sums.subject_id AND counter.period_start = sums.period_start
    )
    INSERT INTO quota_uses (division_code, booking_id, quota_id, subject_id, period_start, minutes)
    SELECT %(division)s, booking_id, quota_id, subject_id, period_start, minutes FROM wanted"""


def lock_used(work: UnitOfWork, uses: Iterable[Use]) -> dict[Key, Used]:
    """What is used up of every quota and period these speak about, kept as it is until the transaction ends."""
    wanted = list(uses)
    if not wanted:
        return {}
    with work.driver.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            _LOCK,
            {
                "division": work.division,
                **_keys(wanted),
                "count_limits": [one.quota.count_limit for one in wanted],
                "minutes_limits": [one.quota.minutes_limit for one in wanted],
            },
        )
        return {row[:3]: Used(row[3], row[4]) for row in cursor.fetchall()}


def count(work: UnitOfWork, asked: Mapping[UUID, Sequence[Use]]) -> None:
    """Count bookings in the quotas ``lock_used`` has locked."""
    rows = [(booking_id, use) for booking_id, uses in asked.items() for use in uses]
    if rows:
        told = {"booking_ids": [booking_id for booking_id, _ in rows], "minutes": [use.minutes for _, use in rows]}
        work.driver.execute(_COUNT, {"division": work.division, **told, **_keys([use for _, use in rows])})


def households(connection: sa.Connection, division: str, person_id: UUID, days: Sequence[date]) -> dict[date, UUID]:
    """With whom somebody lives on each of some days, as far as identity has told; one statement."""
    member = household_members.c
    query = sa.select(member.household_id, member.started_on, member.ended_on).where(
        member.division_code == division,
        member.person_id == person_id,
        member.household_id.is_not(None),
        member.started_on.is_not(None),
    )
    rows = connection.execute(query.order_by(member.started_on)).all()
    return {
        day: row.household_id
        for day in days
        for row in rows  # the one that began last
        if row.started_on <= day and (row.ended_on is None or day < row.ended_on)
    }


def _keys(uses: Sequence[Use]) -> dict[str, list[UUID] | list[date]]:
    keys = [key(use) for use in uses]
    quota_ids, subject_ids, periods = (list(column) for column in zip(*keys, strict=True))
    return {"quota_ids": quota_ids, "subject_ids": subject_ids, "periods": periods}
