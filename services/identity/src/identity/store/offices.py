# SPDX-License-Identifier: Apache-2.0
"""Offices, kept in the register of the community where their holder is registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page

from identity.domain.offices import Held
from identity.store.tables import offices

_open = offices.c.ended_at.is_(None)


def running_on(day: date) -> sa.ColumnElement[bool]:
    """The condition that a term runs on a day."""
    return sa.and_(_open, offices.c.starts_on <= day, offices.c.ends_on >= day)


def held_by(connection: sa.Connection, division: str, person_id: UUID, day: date) -> list[Held]:
    """List what a person holds on a day, longest held first."""
    query = (
        sa.select(offices.c.office, offices.c.place, offices.c.ends_on)
        .where(offices.c.division_code == division, offices.c.person_id == person_id, running_on(day))
        .order_by(offices.c.starts_on, offices.c.office_id)
    )
    return [Held(row.office, row.place, row.ends_on) for row in connection.execute(query)]


def open_of(connection: sa.Connection, division: str, person_id: UUID) -> Sequence[sa.Row[Any]]:
    """Fetch every office of a person that nobody has ended."""
    query = sa.select(offices).where(offices.c.division_code == division, offices.c.person_id == person_id, _open)
    return connection.execute(query).all()


def page(
    connection: sa.Connection, division: str, page: Page, person: UUID | None, running: date | None
) -> tuple[list[sa.Row[Any]], str | None]:
    """Fetch one page in the order of assignment: what is exercised in the division itself."""
    conditions = [offices.c.division_code == division, offices.c.place == division, page.clause(offices.c.office_id)]
    if person:
        conditions.append(offices.c.person_id == person)
    if running:
        conditions.append(running_on(running))
    query = sa.select(offices).where(*conditions).order_by(offices.c.office_id).limit(page.limit + 1)
    return page.cut(connection.execute(query).all(), lambda row: (row.office_id,))


def lock(connection: sa.Connection, division: str, office_id: UUID) -> sa.Row[Any] | None:
    """Fetch one office and hold its row until the transaction ends."""
    query = sa.select(offices).where(offices.c.division_code == division, offices.c.office_id == office_id)
    return connection.execute(query.with_for_update()).one_or_none()


def insert(connection: sa.Connection, office: Mapping[str, Any]) -> None:
    """Store an assignment."""
    connection.execute(sa.insert(offices).values(**office))


def end(connection: sa.Connection, division: str, office_id: UUID, at: datetime, reason: str) -> sa.Row[Any]:
    """End an office; return it as it is now."""
    mine = (offices.c.division_code == division, offices.c.office_id == office_id)
    values = {"ended_at": at, "ended_reason": reason, "version": offices.c.version + 1}
    return connection.execute(sa.update(offices).where(*mine).values(**values).returning(offices)).one()


def expired(connection: sa.Connection, division: str, day: date) -> Sequence[sa.Row[Any]]:
    """Fetch and lock the open offices whose last day has passed."""
    query = sa.select(offices).where(offices.c.division_code == division, _open, offices.c.ends_on < day)
    return connection.execute(query.order_by(offices.c.office_id).with_for_update(skip_locked=True)).all()
