# SPDX-License-Identifier: Apache-2.0
"""The quotas of a venue. A new one counts the bookings that are there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.store.booking.quota_tables import quotas
from venue.store.tables import regimes, venues

# Who has more than the new limit keeps it: the limit that is copied for the constraint is then what they have.
_COUNT_WHAT_IS_THERE = """
    WITH live AS (
        SELECT booking.id AS booking_id, date_trunc(%(period)s, booking.local_start)::date AS period_start,
            CASE %(subject)s WHEN 'person' THEN booking.person_id
                WHEN 'household' THEN coalesce(booking.household_id, booking.person_id)
                WHEN 'group' THEN booking.group_id ELSE booking.venue_id END AS subject_id,
            (SELECT sum(extract(epoch FROM stretch.ends_at - stretch.starts_at) / 60)::int FROM (
                SELECT part.starts_at, part.ends_at, part.regime_code FROM booking_parts part
                WHERE part.division_code = booking.division_code AND part.booking_id = booking.id
                UNION ALL
                SELECT booking.starts_at, booking.ends_at, booking.regime_code WHERE NOT booking.split
            ) AS stretch WHERE %(regime_code)s::text IS NULL OR stretch.regime_code = %(regime_code)s) AS minutes
        FROM bookings booking
        WHERE booking.division_code = %(division)s AND booking.venue_id = %(venue_id)s
            AND booking.state NOT IN ('cancelled', 'declined', 'lapsed', 'no_show')
            AND booking.local_start >= %(valid_from)s::date
            AND (%(valid_until)s::date IS NULL OR booking.local_start < %(valid_until)s::date)
    ), counted AS (
        INSERT INTO quota_counters
            (division_code, quota_id, subject_id, period_start, used_count, used_minutes, count_limit, minutes_limit)
        SELECT %(division)s, %(id)s, subject_id, period_start, count(*), sum(minutes),
            CASE WHEN %(count_limit)s::int IS NOT NULL THEN greatest(%(count_limit)s::int, count(*)) END,
            CASE WHEN %(minutes_limit)s::int IS NOT NULL THEN greatest(%(minutes_limit)s::int, sum(minutes)) END
        FROM live WHERE minutes > 0 AND subject_id IS NOT NULL GROUP BY subject_id, period_start
    )
    INSERT INTO quota_uses (division_code, booking_id, quota_id, subject_id, period_start, minutes)
    SELECT %(division)s, booking_id, %(id)s, subject_id, period_start, minutes
    FROM live WHERE minutes > 0 AND subject_id IS NOT NULL"""


def insert(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Store a quota and count the live bookings it speaks about.

    The caller has locked the venue's row: whoever was booking has committed and is counted, whoever books next waits
    and, because the venue has another version then, is judged by the quota too.
    """
    work.execute(sa.insert(quotas), {"division_code": work.division, "version": 1, **row})
    work.driver.execute(_COUNT_WHAT_IS_THERE, {"division": work.division, **row})


def lock(work: UnitOfWork, quota_id: UUID) -> Mapping[str, Any] | None:
    """Load a quota for a change, its row locked."""
    query = sa.select(quotas).where(quotas.c.division_code == work.division, quotas.c.id == quota_id)
    return work.execute(query.with_for_update()).mappings().one_or_none()


def end(work: UnitOfWork, quota_id: UUID, valid_until: date) -> None:
    """Let a quota speak about no day from ``valid_until`` on."""
    work.execute(
        sa.update(quotas)
        .where(quotas.c.division_code == work.division, quotas.c.id == quota_id)
        .values(valid_until=valid_until, version=quotas.c.version + 1)
    )


def of_venue(connection: sa.Connection, division: str, venue_id: UUID, today: date) -> Sequence[Mapping[str, Any]]:
    """The quotas that hold or will hold."""
    quota = quotas.c
    query = (
        sa.select(quotas)
        .where(
            quota.division_code == division,
            quota.venue_id == venue_id,
            sa.or_(quota.valid_until.is_(None), quota.valid_until > today),
        )
        .order_by(quota.subject, quota.period, quota.id)
    )
    return connection.execute(query).mappings().all()


def zone_of(connection: sa.Connection, division: str, venue_id: UUID) -> str | None:
    """The venue's time zone; None where there is no such venue."""
    query = sa.select(venues.c.tz).where(venues.c.division_code == division, venues.c.id == venue_id)
    return connection.execute(query).scalar_one_or_none()


def has_regime(work: UnitOfWork, venue_id: UUID, code: str) -> bool:
    """Tell whether the venue knows the regime."""
    regime = regimes.c
    query = sa.select(regime.code).where(
        regime.division_code == work.division, regime.venue_id == venue_id, regime.code == code
    )
    return work.execute(query).scalar_one_or_none() is not None
