# SPDX-License-Identifier: Apache-2.0
"""The tables of quotas, parts and households as statements see them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from venue.store.tables import INSTANT, column, table

quotas = table(
    "quotas", column("id", sa.Uuid), column("version", sa.Integer), column("venue_id", sa.Uuid),
    column("regime_code"), column("subject"), column("period"), column("count_limit", sa.Integer),
    column("minutes_limit", sa.Integer), column("valid_from", sa.Date), column("valid_until", sa.Date),
    column("created_at", INSTANT),
)  # fmt: skip
quota_counters = table(
    "quota_counters", column("quota_id", sa.Uuid), column("subject_id", sa.Uuid), column("period_start", sa.Date),
    column("used_count", sa.Integer), column("used_minutes", sa.Integer), column("count_limit", sa.Integer),
    column("minutes_limit", sa.Integer),
)  # fmt: skip
quota_uses = table(
    "quota_uses", column("booking_id", sa.Uuid), column("quota_id", sa.Uuid), column("subject_id", sa.Uuid),
    column("period_start", sa.Date), column("minutes", sa.Integer),
)  # fmt: skip
booking_parts = table(
    "booking_parts", column("booking_id", sa.Uuid), column("part_no", sa.SmallInteger), column("space_id", sa.Uuid),
    column("starts_at", INSTANT), column("ends_at", INSTANT), column("regime_code"),
    column("price_version", sa.Integer), column("price_fen_per_hour", sa.BigInteger),
    column("price_fen", sa.BigInteger),
)  # fmt: skip
household_members = table(
    "household_members", column("membership_id", sa.Uuid), column("person_id", sa.Uuid),
    column("household_id", sa.Uuid), column("started_on", sa.Date), column("ended_on", sa.Date),
)  # fmt: skip


def lives_here(division: sa.ColumnElement[str], person_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether somebody is of a household of the community, as identity last told it."""
    member = household_members.c
    of_person = (member.division_code == division) & (member.person_id == person_id)
    return sa.exists().where(of_person, member.household_id.is_not(None), member.ended_on.is_(None))
