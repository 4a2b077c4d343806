# SPDX-License-Identifier: Apache-2.0
"""Who shares a household, as identity tells it: ids alone, each membership in whichever order its events arrive."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.store.booking.quota_tables import household_members


def start(work: UnitOfWork, membership_id: UUID, person_id: UUID, household_id: UUID | None, on: date) -> None:
    """Note who belongs to a household, or to none, since when; an ending that came first stays."""
    row = {"person_id": person_id, "household_id": household_id, "started_on": on}
    _put(work, membership_id, row)


def end(work: UnitOfWork, membership_id: UUID, person_id: UUID, on: date) -> None:
    """Note the last day of a membership, known here or not yet."""
    _put(work, membership_id, {"person_id": person_id, "ended_on": on})


def _put(work: UnitOfWork, membership_id: UUID, row: dict[str, object]) -> None:
    insert = pg.insert(household_members).values(division_code=work.division, membership_id=membership_id, **row)
    work.execute(insert.on_conflict_do_update(constraint="pk_household_members", set_=row))


def of_person(connection: sa.Connection, division: str, person_id: UUID, day: date) -> UUID | None:
    """The household somebody belongs to on a day, if one is known."""
    member = household_members.c
    query = (
        sa.select(member.household_id)
        .where(
            member.division_code == division,
            member.person_id == person_id,
            member.household_id.is_not(None),
            member.started_on <= day,
            sa.or_(member.ended_on.is_(None), member.ended_on > day),
        )
        .order_by(member.started_on.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()
